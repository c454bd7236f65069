import { type AskingGlue } from "./ask.js";
import { type Bridge } from "./bridge.js";
import { type Fetch } from "./once.js";
import type { At, Cloud, Credentials, Image } from "./types.js";
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
export declare function listing(bridge: Bridge<AskingGlue>): Listing;
