// What the worker is configured with, as it is used.
import type { Cloud, CloudSettings } from "imgferry";
import type { Env, Limits } from "./types.js";

export const CLOUDS = ["tencent", "volcengine", "huawei"] as const satisfies readonly Cloud[];

export const limits = (env: Env): Limits => ({ jobs: 1000, copies: 60_000, body: 2 ** 23, retention_days: 90, turn_ms: 20_000, ...env.LIMITS });

/** The settings of a cloud as a plan writes them. */
export function settings(env: Env, cloud: Cloud): CloudSettings | undefined {
  const { hosts: _, ...bound } = env.CLOUDS?.[cloud] ?? { hosts: [] };
  return Object.keys(bound).length > 0 ? bound : undefined;
}

/** The hosts that may be sent what is signed for the vendor: the word of this configuration. */
export function trust(env: Env): { trustedHosts: string[] } {
  const endpoints = Object.values(env.CLOUDS ?? {}).flatMap(({ endpoint, sign_host }) => (endpoint && sign_host === "official" ? [endpoint] : []));
  return { trustedHosts: endpoints.map((endpoint) => new URL(endpoint.replace("{region}", "region")).hostname) };
}
