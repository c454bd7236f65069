// What the worker is configured with: variables of wrangler.toml, secrets and bindings.
import type { Cloud, CloudSettings } from "imgferry";
import type { Account } from "./account.js";
import type { Directory } from "./directory.js";

export const CLOUDS = ["tencent", "volcengine", "huawei"] as const satisfies readonly Cloud[];

export interface Env {
  ACCOUNT: DurableObjectNamespace<Account>;
  DIRECTORY: DurableObjectNamespace<Directory>;
  /** Requests of one caller. */
  RATE?: RateLimit;
  /** Origins of the pages that may call. */
  ORIGINS?: string[];
  /** Names of the accounts. */
  ACCOUNTS?: string[];
  LIMITS?: Partial<Limits>;
  CLOUDS?: { [cloud in Cloud]?: Reach };
  ALLOW?: Allowed[];
  /** Bearer tokens: JSON of {@link Token}s, a secret. */
  TOKENS?: string | Token[];
  /** Whose signed tokens are taken. */
  JWT?: Issuer;
  /** See `keys.ts`. */
  KEYS?: Fetcher | SecretsStoreSecret | string;
  KEYS_URL?: string;
  KEYS_TOKEN?: string;
}

export interface Limits {
  /** Replications that are kept. */
  jobs: number;
  /** Destinations of one plan. */
  copies: number;
  /** Bytes of a body. */
  body: number;
  /** Days after its end until a replication is deleted. */
  retention_days: number;
  /** Milliseconds after which a turn sends nothing new. */
  turn_ms: number;
}

export const limits = (env: Env): Limits => ({ jobs: 1000, copies: 60_000, body: 2 ** 23, retention_days: 90, turn_ms: 20_000, ...env.LIMITS });

/** How a cloud is reached: the settings that a plan may not choose, and the hosts that are sent anything. */
export interface Reach extends CloudSettings {
  hosts: string[];
  /** Tencent: id of the main account, which tags need. */
  uin?: string;
}

/** An entry of the allow-list. */
export interface Allowed {
  cloud: Cloud;
  operation: string;
  regions: string[];
  params: Record<string, string>;
}

export type Role = "read" | "launch" | "sign";

/** A bearer token, known by its digest only. */
export interface Token {
  /** Lower-case hex of SHA-256. */
  sha256: string;
  /** Whose it is, for logs. */
  name: string;
  roles: Role[];
}

/** Who signs JSON web tokens. */
export interface Issuer {
  issuer: string;
  audience: string;
  /** The keys: an address, or the set itself. */
  jwks: string | { keys: object[] };
  /** Asymmetric algorithms that are taken. */
  algorithms?: string[];
  /** The claim that holds the roles. */
  claim?: string;
}

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
