// Who calls, and what they may do: bearer tokens that are known by their digest, or JSON web tokens.
import { createLocalJWKSet, createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import type { JSONWebKeySet, JWTVerifyGetKey } from "jose";
import { tokens } from "./config.js";
import { Refused, refused } from "./refusal.js";
import type { Said } from "./refusal.js";
import type { Env, Issuer, Role } from "./types.js";

export interface Caller {
  name: string;
  roles: readonly string[];
  /** When the token ends: whoever still listens is let go then. */
  untilMs: number;
}

/** Algorithms with a public key alone: with a shared secret who verifies could sign. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];
const LONGEST_TOKEN = 8192;
/** Seconds that clocks may differ. */
const TOLERANCE_S = 30;

/** Who calls; nobody passes without a token that is known. */
export async function caller(request: Request, env: Env): Promise<Caller> {
  const ours = tokens(env);
  if (ours.length === 0 && !env.JWT) {
    throw refused(503, "auth", "access.none", ["this worker lets nobody in: no tokens are configured", "此 worker 未配置任何令牌，无人可以调用"], ["set TOKENS or JWT", "请配置 TOKENS 或 JWT"]);
  }
  const [, token] = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  if (!token || token.length > LONGEST_TOKEN) throw unknown(["send Authorization: Bearer with a token", "请求须带 Authorization: Bearer 令牌"]);
  const digest = await sha256(token);
  const known = ours.find(({ sha256 }) => sha256 === digest);
  if (known) return { name: known.name, roles: known.roles, untilMs: Infinity };
  if (!env.JWT || !isJwt(token)) throw unknown(["the token is not known here, or has been withdrawn", "此 worker 不认识该令牌，或令牌已被撤销"]);
  return signedBy(token, env.JWT);
}

/** That the caller has the role. */
export function permit({ name, roles }: Caller, role: Role): void {
  if (!roles.includes(role)) throw refused(403, "permission", "access.role", [`${name} may not do this: it takes the role ${role}`, `${name} 无权执行此操作：需要角色 ${role}`], [`have the role ${role} given`, `请申请角色 ${role}`]);
}

const sets = new Map<string, JWTVerifyGetKey>();

async function signedBy(token: string, { issuer, audience, jwks, algorithms = ALGORITHMS, claim = "roles" }: Issuer): Promise<Caller> {
  const allowed = algorithms.filter((name) => ALGORITHMS.includes(name));
  const { payload } = await jwtVerify(token, keysAt(jwks), { issuer, audience, algorithms: allowed, clockTolerance: TOLERANCE_S, requiredClaims: ["exp", "sub"] }).catch((error) => {
    throw denied(error);
  });
  const { sub, exp, [claim]: told } = payload;
  // What a token says of its owner goes into logs and lists: it is a short text. An end that never comes is none.
  if (typeof sub !== "string" || !/^[^\p{C}]{1,200}$/u.test(sub)) throw unfit("sub");
  if (!Number.isFinite(exp)) throw unfit("exp");
  const roles = Array.isArray(told) ? told.filter((role) => typeof role === "string") : typeof told === "string" ? told.split(" ") : [];
  return { name: sub, roles, untilMs: (exp! + TOLERANCE_S) * 1000 };
}

/** The keys of the issuer. When they cannot be had, no token is to blame. */
function keysAt(jwks: Issuer["jwks"]): JWTVerifyGetKey {
  const which = JSON.stringify(jwks);
  const keys = sets.get(which) ?? (typeof jwks === "string" ? createRemoteJWKSet(new URL(jwks)) : createLocalJWKSet(jwks as JSONWebKeySet));
  sets.set(which, keys);
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (/NO_MATCHING|MULTIPLE|NOT_SUPPORTED/.test((error as { code?: string }).code ?? "")) throw error;
      throw refused(503, "auth", "access.jwks", ["the keys of the issuer of signed tokens cannot be had now", "目前无法取得令牌签发方的公钥"], ["send it again in a minute; when it stays so, correct jwks in JWT of the worker", "请一分钟后重试；若仍如此，请检查 worker 的 JWT 中的 jwks"]);
    }
  };
}

/** Why a signed token is not taken. Claims are looked at once the signature is good: its bearer may be told of them. */
function denied(error: Error & { code?: string; claim?: string }): Error {
  if (error instanceof Refused) return error;
  if (error.code === "ERR_JWT_EXPIRED") return unknown(["the token has expired: sign in again", "令牌已过期：请重新登录"]);
  if (error.code === "ERR_JWT_CLAIM_VALIDATION_FAILED") return unfit(error.claim ?? "");
  return unknown(["the token is not one of this worker's issuer", "令牌不是由此 worker 信任的签发方签发的"]);
}

const unfit = (claim: string): Error => unknown([`the claim ${claim} of the token is not one that this worker takes`, `此 worker 不接受令牌中的声明 ${claim}`]);

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
