import { type AskingGlue, asked } from "./ask.js";
import { type Bridge, misuse, reading } from "./bridge.js";
import { checkCallbacks } from "./callbacks.js";
import { ImgferryError } from "./error.js";
import { exchanged } from "./exchange.js";
import { whyLost } from "./lost.js";
import { type Fetch, once } from "./once.js";
import { operating } from "./operations.js";
import type { At, Cloud, Credentials, Facts, Image } from "./types.js";

export interface ListOptions {
  /** Sends a request, as the global `fetch` does. */
  fetch?: Fetch;
  signal?: AbortSignal;
  /** How long one page may take. */
  timeoutMs?: number;
}

export interface Listing {
  /**
   * The own images of a region, in any state; the next page is asked for when the one before is used up. Nothing is repeated, and
   * a page that shows nothing new is the last.
   * @throws {ImgferryError} for what the cloud refused, or `transport.…` with its `cause` where no answer came.
   */
  listImages(cloud: Cloud, region: string | At, credentials: Credentials, options?: ListOptions): AsyncGenerator<Image, void, undefined>;
}

export function listing(bridge: Bridge<AskingGlue>): Listing {
  const { request, read } = operating(bridge);
  return {
    async *listImages(cloud, region, credentials, options = {}) {
      checkCallbacks(options);
      const at = typeof region === "string" ? { region } : region;
      const own = options.fetch ? undefined : once();
      const seen = new Set<string>();
      let cursor: string | null = null;
      try {
        for (;;) {
          const wanted: { operation: never; params: never } = JSON.parse(asked(bridge, "listing", { cloud, cursor, seen: seen.size }));
          const page = await answered(request(cloud, wanted.operation, wanted.params, at, credentials, Date.now()), options.fetch ?? own!.fetch, options);
          const { facts } = read(cloud, wanted.operation, page, credentials) as { facts: Extract<Facts, { type: "images" }> };
          const before = seen.size;
          // An image that is made meanwhile moves others to the next page, where they stand again.
          for (const image of facts.items) if (seen.size < seen.add(image.id).size) yield image;
          // What shows nothing new leads nowhere. Where there is no cursor, the total tells whether there is more.
          if (before === seen.size || (facts.next === null ? facts.total! <= seen.size : facts.next === cursor)) return;
          cursor = facts.next;
        }
      } finally {
        own?.close();
      }
    },
  };
}

/** Sends a request, for so long; what is aborted rejects with its reason. */
async function answered(asked: { method: string; url: string; headers: [string, string][]; body: string }, fetch: Fetch, { signal, timeoutMs = 30_000 }: ListOptions) {
  const ms = reading("timeoutMs", () => Math.min(timeoutMs, 2 ** 31 - 1));
  if (!(ms > 0)) throw misuse("timeoutMs", "must be above 0");
  signal?.throwIfAborted();
  const over = new AbortController();
  const abort = (): void => over.abort(signal!.reason);
  const timer = setTimeout(() => over.abort(new DOMException(`no answer within ${timeoutMs} ms`, "TimeoutError")), ms);
  signal?.addEventListener("abort", abort);
  try {
    return await exchanged(fetch, asked, over.signal);
  } catch (thrown) {
    signal?.throwIfAborted();
    const { why, cause } = whyLost(thrown);
    throw new ImgferryError(`the listing has no answer: ${cause}`, {
      code: `transport.${why}`, kind: "server", retry: why === "blocked" ? "never" : "backoff",
      hint: "it only reads: try again", hintZh: "该请求只读，可重试", cause: thrown,
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
