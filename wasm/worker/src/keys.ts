// The access keys. They come from whoever is bound to give them and may change at any time: nobody deploys for that.
//
//   KEYS       a secret, or one of a secrets store: JSON of keys by account and cloud
//   KEYS       a service binding, asked for /<account>: JSON of keys by cloud
//   KEYS_URL   an address that is asked the same over HTTPS, with KEYS_TOKEN as bearer token
import type { Cloud, Keyring } from "imgferry";
import { cause, log } from "./log.js";
import { refused } from "./refusal.js";
import type { Env } from "./types.js";

/** For how long keys are kept. */
const KEPT_MS = 60_000;

const kept = new WeakMap<Env, Map<string, { until: number; keys: Keyring }>>();

/** The keys of an account. `fresh` asks anew, as after a refusal. */
export async function keysOf(env: Env, account: string, fresh = false): Promise<Keyring> {
  const known = kept.get(env) ?? new Map<string, { until: number; keys: Keyring }>();
  kept.set(env, known);
  const last = known.get(account);
  if (last && !fresh && last.until > Date.now()) return last.keys;
  try {
    const keys = await ask(env, account);
    known.set(account, { until: Date.now() + KEPT_MS, keys });
    return keys;
  } catch (error) {
    // Those from before stay in use, unless they were refused; the next call asks again.
    if (!last || fresh) throw error;
    log("keys kept", { account, cause: cause(error) });
    return last.keys;
  }
}

/** Only that cloud's. */
export async function keyOf(env: Env, account: string, cloud: Cloud, fresh = false): Promise<Keyring> {
  // One that is missing is not kept: it may be given at any moment.
  const key = (await keysOf(env, account, fresh))[cloud] ?? (await keysOf(env, account, true))[cloud];
  return key ? { [cloud]: key } : {};
}

async function ask(env: Env, account: string): Promise<Keyring> {
  const { KEYS, KEYS_URL, KEYS_TOKEN } = env;
  if (typeof KEYS === "string") return within(KEYS, account);
  if (KEYS && "get" in KEYS && !("fetch" in KEYS)) return within(await KEYS.get(), account);
  if (KEYS) return answered(await (KEYS as Fetcher).fetch(`https://keys/${account}`));
  if (!KEYS_URL) return {};
  const url = new URL(account, KEYS_URL);
  if (url.protocol !== "https:" && url.hostname !== "127.0.0.1") throw unavailable();
  return answered(await fetch(url, { headers: KEYS_TOKEN ? { authorization: `Bearer ${KEYS_TOKEN}` } : {}, redirect: "manual", signal: AbortSignal.timeout(10_000) }));
}

async function answered(response: Response): Promise<Keyring> {
  if (response.status !== 200) throw unavailable();
  return response.json().catch(() => Promise.reject(unavailable())) as Promise<Keyring>;
}

function within(text: string, account: string): Keyring {
  try {
    return (JSON.parse(text) as Record<string, Keyring>)[account] ?? {};
  } catch {
    throw unavailable();
  }
}

function unavailable(): Error {
  return refused(503, "auth", "keys", ["the provider of the access keys does not give them", "密钥的提供方没有给出密钥"], ["mend KEYS or KEYS_URL of the worker", "请检查 worker 的 KEYS 或 KEYS_URL"]);
}
