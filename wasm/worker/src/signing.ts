// Split signing: a page prepares a request without the secret; the worker holds it to the list, computes it anew and signs it.
import { finish } from "imgferry";
import type { Cloud, Keyring } from "imgferry";
import { callAllowed, hostAllowed, place } from "./allow.js";
import { CLOUDS } from "./config.js";
import { prepareCall } from "./page.js";
import type { Asked } from "./page.js";
import { refused } from "./refusal.js";
import type { Said } from "./refusal.js";
import type { Env } from "./types.js";

/** How far the time of signing may lie from the worker's clock: what the clouds allow at least. */
const WINDOW_MS = 5 * 60_000;

/**
 * Signs what a page prepared. It must be allowed, and be what this worker computes from the same parameters: a request
 * that was altered on the way, in whatever part, is refused.
 */
export function signed(env: Env, asked: Partial<Asked> | null, keys: Keyring, nowMs: number) {
  const { cloud, operation, params, at, timeMs, prepared } = asked ?? {};
  const key = CLOUDS.includes(cloud as Cloud) ? keys[cloud as Cloud] : undefined;
  if (!cloud || !key) throw no("cloud", ["there is no key for this cloud", "没有该云的密钥"]);
  if (typeof operation !== "string" || typeof params !== "object" || params === null) throw no("operation", ["operation and params are wanted", "须给出 operation 和 params"]);
  if (typeof timeMs !== "number" || !(Math.abs(nowMs - timeMs) <= WINDOW_MS)) throw no("timeMs", ["the time of signing is not now", "签名时间与当前时间不符"]);
  const where = place(env, cloud, at);
  callAllowed(env, cloud, operation, where.region, params);
  const ours = prepareCall(cloud, operation, params, where, { id: key.id, token: key.token }, timeMs);
  const host = ours.headers.find(([name]) => name.toLowerCase() === "host")?.[1];
  if (!hostAllowed(env, cloud, ours.url) || !host || !hostAllowed(env, cloud, `https://${host}/`)) throw no("host", ["the host is not allowed", "不允许该主机"]);
  if (prepared?.canonicalRequest !== ours.canonicalRequest || prepared?.stringToSign !== ours.stringToSign) {
    throw no("prepared", ["the prepared request is not the one that these parameters make", "所准备的请求与这些参数得出的请求不一致"]);
  }
  const { url, headers, authorization } = finish(ours, key);
  return { url, headers, authorization };
}

function no(code: string, message: Said): Error {
  return refused(403, "permission", code, message, ["prepare a call that the worker allows, and send it at once", "请准备 worker 允许的调用并立即发送"]);
}
