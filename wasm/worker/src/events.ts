// Events as they happen, out of storage: whoever was away goes on with `Last-Event-ID`, a number a part.
import type { AccountObject } from "./types.js";

/** How long an object is asked to wait for the next event. */
const WAIT_MS = 15_000;
/** Events at a time. */
const PAGE = 500;

/** Follows a replication; at that moment whoever listens is let go, and comes again with a token that is good. */
export function stream(name: string, accounts: readonly DurableObjectStub<AccountObject>[], since: number[], untilMs: number): Response {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const at = [...since];
  const write = (text: string): Promise<void> => writer.write(encoder.encode(text));
  const follow = async (account: DurableObjectStub<AccountObject>, part: number): Promise<void> => {
    while (Date.now() < untilMs) {
      const page = await account.events(name, at[part]!, PAGE, Math.min(WAIT_MS, untilMs - Date.now()));
      if (!page) return;
      for (const line of page.lines) {
        at[part] = (JSON.parse(line) as { seq: number }).seq;
        await write(`id: ${at.join(".")}\ndata: ${line}\n\n`);
      }
      if (page.lines.length === 0 && page.ended) return;
      // A comment keeps the connection open, and tells that nobody listens any more.
      if (page.lines.length === 0) await write(": still here\n\n");
    }
  };
  const all = async (): Promise<void> => {
    await write("retry: 2000\n\n");
    await Promise.all(accounts.map(follow));
    if (Date.now() < untilMs) await write(`id: ${at.join(".")}\nevent: end\ndata: {}\n\n`);
    await writer.close();
  };
  // Whoever has gone away is no failure.
  all().catch(() => writer.abort().catch(() => {}));
  return new Response(readable, { headers: { "content-type": "text/event-stream; charset=utf-8" } });
}
