// The access keys. They come from whoever is bound to give them and may change at any time: nobody deploys for that.
//
//   KEYS       a secret, or one of a secrets store: JSON of keys by account and cloud
//   KEYS       a service binding, asked for /<account>: JSON of keys by cloud
//   KEYS_URL   an address that is asked the same over HTTPS, with KEYS_TOKEN as bearer token
import type { Cloud, Credentials, Keyring } from "imgferry";
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
    // What can be no key is asked for again at once: the core tells what is wrong with it.
    known.set(account, { until: Object.values(keys).every(isKey) ? Date.now() + KEPT_MS : 0, keys });
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

const isKey = (key: Partial<Credentials> | null | undefined): boolean => [key?.id, key?.secret, key?.token ?? "-"].every((text) => typeof text === "string" && /^[\x21-\x7e]+$/.test(text));

/** What is given, when it is a record; whatever else becomes of the question is the provider's fault. */
async function ask(env: Env, account: string): Promise<Keyring> {
  try {
    const keys = await asked(env, account);
    if (typeof keys !== "object" || keys === null || Array.isArray(keys)) throw new TypeError("no record");
    return keys as Keyring;
  } catch (error) {
    // Its name only: messages quote what cannot be read.
    log("no keys", { account, cause: cause(error) });
    throw refused(503, "auth", "keys", ["the provider of the access keys does not give them", "密钥的提供方没有给出密钥"], ["mend KEYS or KEYS_URL of the worker", "请检查 worker 的 KEYS 或 KEYS_URL"]);
  }
}

async function asked({ KEYS, KEYS_URL, KEYS_TOKEN }: Env, account: string): Promise<unknown> {
  if (typeof KEYS === "string") return within(KEYS, account);
  if (KEYS && "get" in KEYS && !("fetch" in KEYS)) return within(await KEYS.get(), account);
  const signal = AbortSignal.timeout(10_000);
  if (KEYS) return answered(await (KEYS as Fetcher).fetch(`https://keys/${account}`, { signal }));
  if (!KEYS_URL) return {};
  const url = new URL(account, KEYS_URL);
  if (url.protocol !== "https:" && url.hostname !== "127.0.0.1") throw new TypeError("not over HTTPS");
  return answered(await fetch(url, { headers: KEYS_TOKEN ? { authorization: `Bearer ${KEYS_TOKEN}` } : {}, redirect: "manual", signal }));
}

async function answered(response: Response): Promise<unknown> {
  if (response.status !== 200) throw new TypeError(`status ${response.status}`);
  return response.json();
}

const within = (text: string, account: string): unknown => (JSON.parse(text) as Record<string, unknown>)[account] ?? {};
