// Who calls, and what they may do: bearer tokens that are known by their digest, or JSON web tokens.
import { createLocalJWKSet, createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import type { JSONWebKeySet, JWTVerifyGetKey } from "jose";
import { refused } from "./refusal.js";
import type { Said } from "./refusal.js";
import type { Env, Issuer, Role, Token } from "./types.js";

export interface Caller {
  name: string;
  roles: readonly string[];
}

/** Algorithms with a public key alone: with a shared secret who verifies could sign. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];
const LONGEST_TOKEN = 8192;

/** Who calls; nobody passes without a token that is known. */
export async function caller(request: Request, env: Env): Promise<Caller> {
  const tokens: Token[] = typeof env.TOKENS === "string" ? JSON.parse(env.TOKENS) : (env.TOKENS ?? []);
  if (tokens.length === 0 && !env.JWT) {
    throw refused(503, "auth", "access.none", ["this worker lets nobody in: no tokens are configured", "此 worker 未配置任何令牌，无人可以调用"], ["set TOKENS or JWT", "请配置 TOKENS 或 JWT"]);
  }
  const [, token] = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  if (!token || token.length > LONGEST_TOKEN) throw unknown(["send Authorization: Bearer with a token", "请求须带 Authorization: Bearer 令牌"]);
  const digest = await sha256(token);
  const known = tokens.find(({ sha256 }) => sha256 === digest);
  if (known) return { name: known.name, roles: known.roles };
  if (!env.JWT || !isJwt(token)) throw unknown(["the token is not known here, or has been withdrawn", "此 worker 不认识该令牌，或令牌已被撤销"]);
  return signedBy(token, env.JWT);
}

/** That the caller has the role. */
export function permit({ name, roles }: Caller, role: Role): void {
  if (!roles.includes(role)) throw refused(403, "permission", "access.role", [`${name} may not do this: it takes the role ${role}`, `${name} 无权执行此操作：需要角色 ${role}`], [`have the role ${role} given`, `请申请角色 ${role}`]);
}

const sets = new Map<string, JWTVerifyGetKey>();

async function signedBy(token: string, { issuer, audience, jwks, algorithms = ALGORITHMS, claim = "roles" }: Issuer): Promise<Caller> {
  const which = JSON.stringify(jwks);
  const keys = sets.get(which) ?? (typeof jwks === "string" ? createRemoteJWKSet(new URL(jwks)) : createLocalJWKSet(jwks as JSONWebKeySet));
  sets.set(which, keys);
  try {
    const allowed = algorithms.filter((name) => ALGORITHMS.includes(name));
    const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms: allowed, clockTolerance: 30, requiredClaims: ["exp", "sub"] });
    // What a token says of its owner goes into logs and lists: it is a short text. An end that never comes is none.
    if (typeof payload.sub !== "string" || !/^[^\p{C}]{1,200}$/u.test(payload.sub) || !Number.isFinite(payload.exp)) throw new TypeError("sub or exp");
    const told = payload[claim];
    const roles = Array.isArray(told) ? told.filter((role) => typeof role === "string") : typeof told === "string" ? told.split(" ") : [];
    return { name: payload.sub, roles };
  } catch (error) {
    const expired = (error as { code?: string }).code === "ERR_JWT_EXPIRED";
    throw unknown(expired ? ["the token has expired: sign in again", "令牌已过期：请重新登录"] : ["the token is not one of this worker's issuer", "令牌不是由此 worker 信任的签发方签发的"]);
  }
}

/** Three parts in their one spelling, the first a header. */
function isJwt(token: string): boolean {
  try {
    return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token) && typeof decodeProtectedHeader(token).alg === "string";
  } catch {
    return false;
  }
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function unknown(message: Said): Error {
  return refused(401, "auth", "access.token", message, ["get a token of this worker and send it again", "请获取此 worker 的令牌后重试"]);
}
