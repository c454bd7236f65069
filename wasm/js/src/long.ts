import { type Bridge, type Glue, LARGEST_RECORD, camel, exact } from "./bridge.js";
import { Handle } from "./handle.js";
import { rows } from "./rows.js";
import { encoder } from "./runtime.js";
import type { Reply } from "./types.js";

/** An answer in the module, whose rows are made when they are asked for. */
export interface ListingHandle {
  reply(): string;
  list(): string | undefined;
  count(): number;
  rows(start: number, stop: number, ofFacts: boolean): string;
  free(): void;
}

/** What long answers need of the module. */
export interface LongGlue extends Glue {
  readLong(input: string, body: Uint8Array): ListingHandle;
}

/** Bodies of this size may be listings so long that their rows are made when they are asked for. */
const LONG = 100_000;

/** A body that may be one, as bytes. What is wrong with others is told where they are read as a whole. */
function longBody(body: unknown): Uint8Array | undefined {
  if (typeof body !== "string") return body instanceof Uint8Array && body.length >= LONG ? body : undefined;
  const isLong = body.length >= LONG && body.length <= LARGEST_RECORD && !/\p{Surrogate}/u.test(body);
  return isLong ? encoder.encode(body) : undefined;
}

/** Reads the answers that are as long, and leaves the others: a body, and what else is told of it. */
export const longReader = (bridge: Bridge<LongGlue>) => (given: unknown, input: () => string): Reply | undefined => {
  const body = longBody(given);
  return body && readLong(bridge, input(), body);
};

function readLong(bridge: Bridge<LongGlue>, input: string, body: Uint8Array): Reply {
  const listing = bridge.call((glue) => glue.readLong(input, body));
  const handle = new Handle(bridge, listing, "listing", ["read the answer again", "请重新读取该应答"]);
  const [reply, list, count] = handle.use((listing) => [listing.reply(), listing.list(), listing.count()]);
  const { request_id, facts, data } = exact(reply) as Record<string, unknown>;
  if (list === undefined) {
    handle.free();
    return { requestId: request_id, facts: camel(facts), data } as Reply;
  }
  const made = (ofFacts: boolean) => (start: number, stop: number) => exact(handle.use((listing) => listing.rows(start, stop, ofFacts))) as unknown[];
  const items = rows(count, (start, stop) => camel(made(true)(start, stop)) as unknown[]);
  return { requestId: request_id, facts: { ...(camel(facts) as object), items }, data: { ...(data as object), [list]: rows(count, made(false)) } } as Reply;
}
