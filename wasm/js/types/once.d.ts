/** Sends a request, as the global `fetch` does. */
export type Fetch = (url: string, init: {
    method: string;
    headers: [string, string][];
    body?: string;
    redirect: "manual";
    signal: AbortSignal;
}) => Promise<{
    status: number;
    headers: Iterable<[string, string]>;
    text(): Promise<string>;
}>;
/**
 * The `fetch` of this runtime, sending each request once as far as it lets itself be told. On a connection that served another
 * request before and closes without an answer, Deno sends any request again and Bun a GET, which Volcengine's launch is: so none
 * is used twice there. Browsers, and workerd where it is a GET, do so too and cannot be told. Whatever is answered 421 is sent again
 * by the standard of `fetch`: Node lets itself be told otherwise.
 */
export declare function once(): {
    fetch: Fetch;
    close(): void;
};
