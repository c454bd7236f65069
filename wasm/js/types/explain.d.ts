import type { Credentials, Evidence } from "./types.js";
export { ImgferryError, type ErrorDetails } from "./error.js";
export type { Credentials, Diagnosis, Evidence, Refusal, RefusedRequest } from "./types.js";
export declare const init: (source?: import("./types.js").Source | Promise<import("./types.js").Source>) => Promise<void>, initSync: (source?: object) => void;
/** What is known beside a text. */
export interface Hints {
    /** The cloud's answer, where it stands apart. */
    answer?: string;
    /** The key that was to sign: probable causes are tried by computing the signature anew. Nothing of it comes out. */
    credentials?: Credentials;
    /** When it was refused, where the answer has no `Date`. */
    nowMs?: number;
}
/**
 * Explains whatever is in hand of a refusal: requests (HTTP, curl lines, HAR, `{method, url, headers, body}`), answers, texts of
 * exceptions of the vendors' clients and of Packer or Terraform, lines of a log with any of these in them.
 */
export declare function investigate(text: string, hints?: Hints): Evidence;
