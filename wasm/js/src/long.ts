import { type AskingGlue, asked } from "./ask.js";
import { type Bridge, LARGEST_RECORD, camel, exact } from "./bridge.js";
import { type KeepingGlue, keep } from "./handle.js";
import { rows } from "./rows.js";
import { encoder } from "./runtime.js";
import type { Reply } from "./types.js";

/** What long answers need of the module. */
export type LongGlue = AskingGlue & KeepingGlue;

/** Bodies of this size may be listings so long that their rows are made when they are asked for. */
const LONG = 100_000;

/** A body that may be one, as bytes. What is wrong with others is told where they are read as a whole. */
function longBody(body: unknown): Uint8Array | undefined {
  if (typeof body !== "string") return body instanceof Uint8Array && body.length >= LONG ? body : undefined;
  const isLong = body.length >= LONG && body.length <= LARGEST_RECORD && !/\p{Surrogate}/u.test(body);
  return isLong ? encoder.encode(body) : undefined;
}

/** Reads the answers that are as long, and leaves the others: a body, and what else is told of it. */
export const longReader = (bridge: Bridge<LongGlue>) => (given: unknown, input: object): Reply | undefined => {
  const body = longBody(given);
  return body && readLong(bridge, input, body);
};

/** What the module tells of an answer; where there is a list, its rows come later. */
type Told = { reply: Record<string, unknown>; list?: string; count: number };

function readLong(bridge: Bridge<LongGlue>, input: object, body: Uint8Array): Reply {
  let told!: Told;
  const handle = keep(bridge, "listing", ["read the answer again", "请重新读取应答"], (number) => {
    told = exact(asked(bridge, "readLong", { ...input, number }, body)) as Told;
  });
  const { reply: { request_id, facts, data }, list, count } = told;
  if (list === undefined) return { requestId: request_id, facts: camel(facts), data } as Reply;
  const made = (half: string) => (start: number, stop: number) => exact(handle.use(({ number }) => asked(bridge, "rows", { number, start, stop, half }))) as unknown[];
  const items = rows(count, (start, stop) => camel(made("facts")(start, stop)) as unknown[]);
  return { requestId: request_id, facts: { ...(camel(facts) as object), items }, data: { ...(data as object), [list]: rows(count, made("data")) } } as Reply;
}
