import type { ErrorDetails, Kind, Problem, Retry } from "./types.js";

export type { ErrorDetails } from "./types.js";

/**
 * Anything that went wrong, ours or the cloud's. `kind` is what to act on. No property ever holds a secret.
 */
export class ImgferryError extends Error {
  override readonly name: string = "ImgferryError";
  /** What sort of trouble; stable lower-case word. */
  declare readonly kind: Kind;
  /** The vendor's code verbatim, or our own dotted id for `misuse` and `protocol`. */
  declare readonly code: string;
  /** The id to quote to the vendor's support. */
  declare readonly requestId: string | null;
  /** HTTP status, when there was an answer. */
  declare readonly status: number | null;
  /** Whether the same request can be sent again, and how. */
  declare readonly retry: Retry;
  /** Shortest sensible wait before that, in milliseconds. */
  declare readonly waitMs: number | null;
  /** The server's own clock in milliseconds since 1970, where the answer tells it. */
  declare readonly serverTimeMs: number | null;
  /** Next step, in English. */
  declare readonly hint: string;
  /** Next step, in Chinese. */
  declare readonly hintZh: string;
  /** Every broken rule, when parameters or a plan were refused before sending. */
  declare readonly problems: readonly Problem[];

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    for (const [name, value] of Object.entries({ ...UNKNOWN, problems: [] })) this[name as "kind"] = details[name as "kind"] ?? (value as Kind);
  }

  /** Those of every entry, each of which may have the class in a file of its own. */
  static [Symbol.hasInstance](thing: unknown): boolean {
    return this === ImgferryError ? thing instanceof Error && "hintZh" in thing : super[Symbol.hasInstance](thing);
  }

  /** All of it as a record: for JSON, and for `postMessage`, which leaves all but the message of an error behind. */
  toJSON(): object {
    return { ...this, message: this.message };
  }

  /** Whether sending the same request again can help at all. */
  get retryable(): boolean {
    return this.retry !== "never";
  }
}

/** What nothing else is said of. */
const UNKNOWN = { kind: "misuse", code: "misuse", requestId: null, status: null, retry: "never", waitMs: null, serverTimeMs: null, hint: "", hintZh: "" };

/** A signature that is not good, and why: what `verify` throws. */
export class Refused extends ImgferryError {
  override readonly name = "Refused";
  /** `malformed`, `unknown_key`, `clock`, `scope`, `signed_headers`, `payload`, `signature` or `token`. */
  readonly reason: string;
  /** The canonical request that the verifier computed, when it came that far. May hold the session token. */
  readonly canonicalRequest: string | null;
  /** The moment of signing in milliseconds since 1970, when it could be read. */
  readonly signedAtMs: number | null;
  /** The access key id, when it could be read. */
  readonly id: string | null;

  constructor(message: string, refusal: { reason: string; canonicalRequest: string | null; signedAtMs: number | null; id: string | null }) {
    super(message, { kind: "auth", code: refusal.reason });
    this.reason = refusal.reason;
    this.canonicalRequest = refusal.canonicalRequest;
    this.signedAtMs = refusal.signedAtMs;
    this.id = refusal.id;
  }
}
