import type { ErrorDetails, Kind, Problem, Retry } from "./types.js";
export type { ErrorDetails } from "./types.js";
/**
 * Anything that went wrong, ours or the cloud's. `kind` is what to act on. No property ever holds a secret.
 */
export declare class ImgferryError extends Error {
    readonly name: string;
    /** What sort of trouble; stable lower-case word. */
    readonly kind: Kind;
    /** The vendor's code verbatim, or our own dotted id for `misuse` and `protocol`. */
    readonly code: string;
    /** The id to quote to the vendor's support. */
    readonly requestId: string | null;
    /** HTTP status, when there was an answer. */
    readonly status: number | null;
    /** Whether the same request can be sent again, and how. */
    readonly retry: Retry;
    /** Shortest sensible wait before that, in milliseconds. */
    readonly waitMs: number | null;
    /** The server's own clock in milliseconds since 1970, where the answer tells it. */
    readonly serverTimeMs: number | null;
    /** Next step, in English. */
    readonly hint: string;
    /** Next step, in Chinese. */
    readonly hintZh: string;
    /** Every broken rule, when parameters or a plan were refused before sending. */
    readonly problems: readonly Problem[];
    constructor(message: string, details?: ErrorDetails);
    /** Those of every entry, each of which may have the class in a file of its own. */
    static [Symbol.hasInstance](thing: unknown): boolean;
    /** All of it as a record: for JSON, and for `postMessage`, which leaves all but the message of an error behind. */
    toJSON(): object;
    /** Whether sending the same request again can help at all. */
    get retryable(): boolean;
}
/** A signature that is not good, and why: what `verify` throws. */
export declare class Refused extends ImgferryError {
    readonly name = "Refused";
    /** `malformed`, `unknown_key`, `clock`, `scope`, `signed_headers`, `payload`, `signature` or `token`. */
    readonly reason: string;
    /** The canonical request that the verifier computed, when it came that far. May hold the session token. */
    readonly canonicalRequest: string | null;
    /** The moment of signing in milliseconds since 1970, when it could be read. */
    readonly signedAtMs: number | null;
    /** The access key id, when it could be read. */
    readonly id: string | null;
    constructor(message: string, refusal: {
        reason: string;
        canonicalRequest: string | null;
        signedAtMs: number | null;
        id: string | null;
    });
}
