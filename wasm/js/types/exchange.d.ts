import type { Fetch } from "./once.js";
import type { Request } from "./types.js";
/** Sends a request and takes its whole answer, for as long as the signal lets it, whether or not `fetch` listens to it. */
export declare function exchanged(fetch: Fetch, { url, body, ...asked }: Request, signal: AbortSignal, arrives?: () => void): Promise<{
    status: number;
    headers: Iterable<[string, string]>;
    body: string;
}>;
