/// <reference lib="esnext.disposable" preserve="true" />
import { Bridge, type Glue, misuse, reading, record, whole, withBody } from "./bridge.js";
import type { RunOptions } from "./drive.js";
import { Handle } from "./handle.js";
import { TextDecoder } from "./runtime.js";
import type { Body, Cloud, HeaderPairs, Headers, Keyring, Lost } from "./types.js";

/** A world in the module. */
export interface WorldHandle {
  handle(nowMs: number, input: string, body?: Uint8Array | null): string;
  body(): Uint8Array;
  ledger(): string;
  free(): void;
}

/** What the simulator needs of its module. */
export interface WorldGlue extends Glue {
  World: { new (scenario: string, nowMs: number, speed: number): WorldHandle };
  keys(): string;
}

/** What the clouds hold, how fast they are, what they allow and what goes wrong. What is absent is friendly and as documented. */
export interface Scenario {
  /** Every chance is drawn from it. */
  seed?: number;
  /** How long a copy takes, in milliseconds; a pair is from and to. */
  copy_ms?: number | readonly [number, number];
  /** How long a new image does not show in listings, in milliseconds. */
  visible_after_ms?: number;
  /** Probabilities of faults by name, such as `lost_before`, `lost_after`, `throttle`, `slow`, `http_500_after`. */
  faults?: Readonly<Record<string, number>>;
  /** Faults at chosen calls. */
  script?: readonly { cloud?: Cloud; action?: string; nth?: number; fault: string }[];
  /** Images beside the default ones. */
  images?: readonly Readonly<Record<string, unknown>>[];
  /** `false` leaves the default images out. */
  catalogue?: boolean;
  /** Private images per region. */
  quotas?: { readonly [cloud in Cloud]?: number };
  /** Further keys, as the table of scenarios in the repository tells them. */
  [key: string]: unknown;
}

/** What becomes of a request: an answer, after so many milliseconds, or none. */
export type Delivery = { lost: Lost } | { status: number; headers: HeaderPairs; body: Uint8Array; afterMs: number };

/** An image as it truly is, hidden and failed ones included. */
export interface Simulated {
  cloud: Cloud;
  region: string;
  id: string;
  name: string;
  phase: "hidden" | "pending" | "ready" | "failed";
  percent: number;
  ownership: string;
  origin: { region: string; image: string } | null;
}

/** Everything that happened. */
export interface Ledger {
  /** The calls that are kept in full, oldest first. */
  calls: readonly Readonly<Record<string, unknown>>[];
  /** What was made for each destination: more than one image is a copy that was launched twice. */
  lanes: readonly { cloud: Cloud; region: string; name: string; images: readonly string[] }[];
  /** What a careful client never does. */
  violations: readonly Readonly<Record<string, unknown>>[];
  [key: string]: unknown;
}

/** The three clouds: what they hold, and everything that happened. */
export interface World {
  /**
   * What becomes of a request that a job or `request` made: to the vendor's own address or to any other, at this moment. The
   * world has no clock: the same requests at the same times make the same world again.
   */
  handle(nowMs: number, request: { method: string; url: string; headers: Headers; body?: Body }): Delivery;
  /** What becomes of a request as a server received it: `target` is path and query, and `Host` stands among the headers. */
  arrived(nowMs: number, request: { method: string; target: string; headers: Headers; body?: Body }): Delivery;
  /** A `fetch` into this world, for `run`: it takes as long as the world says, by the clock of this machine or by `nowMs`. */
  fetch(nowMs?: () => number): NonNullable<RunOptions["fetch"]>;
  /** Everything that happened so far. */
  ledger(): Ledger;
  /** Every image there is at this moment. */
  images(nowMs: number): Simulated[];
  /** Gives its memory back. */
  free(): void;
  [Symbol.dispose](): void;
}

export interface WorldConstructor {
  /**
   * A world as the scenario describes it, from this moment on. `speed` is how many times faster than told copies are.
   * @throws {ImgferryError} with every mistake of the scenario in `problems`.
   */
  new (scenario: Scenario, nowMs: number, speed?: number): World;
  /** The keys that a world knows, unless its scenario names others. None of them is real. */
  keys(): Required<Keyring>;
}

export function worlds(bridge: Bridge<WorldGlue>): WorldConstructor {
  return class World {
    readonly #handle: Handle<WorldHandle>;

    constructor(scenario: Scenario, nowMs: number, speed = 1) {
      const now = whole(nowMs, "nowMs");
      if (typeof speed !== "number") throw misuse("speed", "must be a number");
      const handle = bridge.call((glue) => new glue.World(record(scenario ?? {}, "scenario"), now, speed));
      this.#handle = new Handle(bridge, handle, "world", ["make it anew and give it the same requests", "请重新创建，并重放相同的请求"]);
    }

    static keys(): Required<Keyring> {
      return JSON.parse(bridge.call((glue) => glue.keys()));
    }

    handle(nowMs: number, given: { method: string; url: string; headers: Headers; body?: Body }): Delivery {
      const [{ method, url, headers, body: text }, body] = withBody(given, "request");
      const { host, pathname, search } = reading("request.url", () => new URL(url as string));
      const sent = (headers ?? []) as HeaderPairs;
      const hasHost = reading("request.headers", () => sent.some(([name]) => name.toLowerCase() === "host"));
      const all: HeaderPairs = hasHost ? sent : [["Host", host], ...sent];
      return this.arrived(nowMs, { method: method as string, target: pathname + search, headers: all, body: body ?? (text as Body) });
    }

    arrived(nowMs: number, given: { method: string; target: string; headers: Headers; body?: Body }): Delivery {
      const [request, body] = withBody(given, "request");
      return this.#handle.use((handle) => {
        const delivery = JSON.parse(handle.handle(whole(nowMs, "nowMs"), record(request), body));
        return "lost" in delivery ? delivery : { ...delivery, body: handle.body() };
      });
    }

    fetch(nowMs = Date.now): NonNullable<RunOptions["fetch"]> {
      if (typeof nowMs !== "function") throw misuse("nowMs", "must be a function that tells the time");
      return async (url, { method, headers: sent, body: text, signal }) => {
        const delivery = this.handle(nowMs(), { method, url, headers: sent, body: text });
        if ("lost" in delivery) {
          // As a runtime tells a connection that is refused, and one that breaks.
          const code = delivery.lost === "unanswered" ? "ECONNRESET" : "ECONNREFUSED";
          throw Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error(`lost by the scenario: ${code}`), { code }) });
        }
        const { status, headers, body, afterMs } = delivery;
        if (afterMs > 0) await late(afterMs, signal);
        return { status, headers, text: async () => new TextDecoder().decode(body) };
      };
    }

    ledger(): Ledger {
      return JSON.parse(this.#handle.use((handle) => handle.ledger()));
    }

    images(nowMs: number): Simulated[] {
      const seen = this.arrived(nowMs, { method: "GET", target: "/_sim/images", headers: [] });
      return "lost" in seen ? [] : JSON.parse(new TextDecoder().decode(seen.body));
    }

    free(): void {
      this.#handle.free();
    }

    [Symbol.dispose](): void {
      this.free();
    }
  };
}

/** Waits, unless the request is given up before. */
function late(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const given = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(given), reject(signal.reason)), { once: true });
  });
}
