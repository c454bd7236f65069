import type { Lost } from "./types.js";
/**
 * Why a request that `fetch` rejected has no answer, as far as the runtime tells, and its cause in words. Node, Deno and Bun tell
 * an address or a certificate from an answer that was lost; browsers and workers do not: there it may have arrived.
 */
export declare function whyLost(error: unknown): {
    why: Lost;
    cause: string;
};
