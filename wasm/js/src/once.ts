/** Sends a request, as the global `fetch` does. */
export type Fetch = (url: string, init: { method: string; headers: [string, string][]; body?: string; redirect: "manual"; signal: AbortSignal }) => Promise<{
  status: number;
  headers: Iterable<[string, string]>;
  text(): Promise<string>;
}>;

interface DenoClient {
  close(): void;
}

/**
 * The `fetch` of this runtime, sending each request once as far as it lets itself be told. On a connection that served another
 * request before and closes without an answer, Deno sends any request again and Bun a GET, which Volcengine's launch is: so none
 * is used twice there. Browsers, and workerd where it is a GET, do so too and cannot be told. Whatever is answered 421 is sent again
 * by the standard of `fetch`: Node lets itself be told otherwise.
 */
export function once(): { fetch: Fetch; close(): void } {
  const { Deno } = globalThis as { Deno?: { createHttpClient?(options: { poolMaxIdlePerHost: number }): DenoClient } };
  const client = Deno?.createHttpClient?.({ poolMaxIdlePerHost: 0 });
  // Read at each call: whoever replaces the global one means it. `keepalive` is Bun's; elsewhere this is the default.
  const fetch = (url: string, init: object): unknown =>
    globalThis.fetch(url, { ...init, keepalive: false, ...(client && { client }), dispatcher: onlyOnce() } as RequestInit);
  return { fetch: fetch as Fetch, close: () => client?.close() };
}

interface Dispatcher {
  dispatch(...call: unknown[]): unknown;
}

/** Node's own way out, for one call. */
function onlyOnce(): Dispatcher | undefined {
  // Node has it once anything of `fetch` was looked at.
  const node = globalThis.Headers && ((globalThis as Record<symbol, unknown>)[Symbol.for("undici.globalDispatcher.1")] as Dispatcher | undefined);
  let sent = 0;
  return (
    node && {
      dispatch(...call) {
        if (sent++) throw Error("answered 421");
        return node.dispatch(...call);
      },
    }
  );
}
