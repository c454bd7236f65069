import { misuse } from "./bridge.js";
import type { Fetch } from "./once.js";
import type { Request } from "./types.js";

/** Sends a request and takes its whole answer, for as long as the signal lets it, whether or not `fetch` listens to it. */
export function exchanged(fetch: Fetch, { url, body, ...asked }: Request, signal: AbortSignal, arrives = (): void => {}) {
  const answer = async () => {
    const response = await fetch(url, { ...asked, body: body || undefined, redirect: "manual", signal });
    if (typeof response?.text !== "function") throw misuse("options.fetch", "gave no response");
    arrives();
    return { status: response.status, headers: response.headers, body: await response.text() };
  };
  // Both signals are ours. One of a timeout stays until it is due, and would keep the answer as long.
  const stopped = new Promise<never>((_, reject) => (signal.onabort = () => reject(signal.reason)));
  return Promise.race([answer(), stopped]).finally(() => (signal.onabort = null));
}
