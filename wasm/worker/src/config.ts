// What the worker is configured with, as it is used.
import type { Cloud, CloudSettings } from "imgferry";
import { refused } from "./refusal.js";
import type { Said } from "./refusal.js";
import type { Allowed, Env, Issuer, Limits, Reach, Role, Token } from "./types.js";

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

/** The bearer tokens. */
export function tokens({ TOKENS }: Env): Token[] {
  return typeof TOKENS === "string" ? JSON.parse(TOKENS) : (TOKENS ?? []);
}

/** Environments that were looked at and are right. */
const right = new WeakSet<Env>();

/**
 * That the worker is configured as it is meant. Nothing is served before: a text in place of a list would allow each part of
 * it, tokens without an audience would be taken from everybody's, and the caller would be blamed for the rest.
 */
export function configured(env: Env): void {
  if (right.has(env)) return;
  for (const [name, isRight, [en, zh]] of MEANT) {
    if (!holds(() => isRight(env))) throw refused(503, "server", "config", [`${name} of the worker must be ${en}`, `worker 的 ${name} 须为${zh}`], [`correct ${name} and deploy the worker again`, `请修正 ${name} 并重新部署 worker`]);
  }
  right.add(env);
}

type Meant = readonly [name: keyof Env, isRight: (env: Env) => boolean, meant: Said];

const ROLES: readonly Role[] = ["read", "launch", "sign"];

const MEANT: readonly Meant[] = [
  ["TOKENS", (env) => tokens(env).every(isToken), ["JSON of a list of records with name, sha256 (64 hex digits in lower case) and a list of roles", " JSON 列表，每项含 name、sha256（64 位小写十六进制）和 roles 列表"]],
  ["JWT", ({ JWT }) => JWT === undefined || isIssuer(JWT), ["a record with issuer, audience, and jwks: an address, or { keys }", "对象，含 issuer、audience 和 jwks（地址或 { keys }）"]],
  ["ORIGINS", ({ ORIGINS }) => ORIGINS === undefined || areTexts(ORIGINS), ["a list of origins", "来源的列表"]],
  ["ACCOUNTS", ({ ACCOUNTS }) => ACCOUNTS === undefined || (areTexts(ACCOUNTS) && ACCOUNTS.length > 0), ["a list of names, at least one", "名称的列表，至少一个"]],
  ["LIMITS", ({ LIMITS }) => Object.values(LIMITS ?? {}).every((limit) => Number.isFinite(limit) && limit >= 0), ["a record of numbers", "由数字组成的对象"]],
  ["CLOUDS", ({ CLOUDS }) => Object.values(CLOUDS ?? {}).every(isReach), ["a record by cloud, each with hosts: a list of patterns; an endpoint is an address", "按云列出的对象，每项含 hosts（正则表达式的列表）；endpoint 须为地址"]],
  ["ALLOW", ({ ALLOW }) => ALLOW === undefined || ALLOW.every(isAllowed), ["a list of records with cloud, operation, a list of regions, and params: a pattern for each", "列表，每项含 cloud、operation、regions 列表和 params（每个参数一个正则表达式）"]],
];

const isToken = ({ name, sha256, roles }: Token): boolean => typeof name === "string" && /^[0-9a-f]{64}$/.test(sha256) && areTexts(roles) && roles.every((role) => ROLES.includes(role));

const isIssuer = ({ issuer, audience, jwks }: Issuer): boolean => [issuer, audience].every((text) => typeof text === "string" && text !== "") && (typeof jwks === "string" ? isAddress(jwks) : jwks.keys.every((key) => typeof key === "object" && key !== null));

const isReach = ({ hosts, endpoint }: Reach): boolean => areTexts(hosts) && hosts.every(isPattern) && (endpoint == null || isAddress(endpoint));

const isAllowed = ({ cloud, operation, regions, params }: Allowed): boolean => CLOUDS.includes(cloud) && typeof operation === "string" && areTexts(regions) && Object.values(params).every(isPattern);

const areTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((item) => typeof item === "string");

const isPattern = (value: unknown): boolean => typeof value === "string" && holds(() => !!new RegExp(`^(?:${value})$`, "u"));

const isAddress = (value: string): boolean => URL.canParse(value.replace("{region}", "region"));

/** What throws does not hold. */
function holds(look: () => boolean): boolean {
  try {
    return look();
  } catch {
    return false;
  }
}
