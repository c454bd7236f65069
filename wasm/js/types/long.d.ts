import { type AskingGlue } from "./ask.js";
import { type Bridge } from "./bridge.js";
import { type KeepingGlue } from "./handle.js";
import type { Reply } from "./types.js";
/** What long answers need of the module. */
export type LongGlue = AskingGlue & KeepingGlue;
/** Reads the answers that are as long, and leaves the others: a body, and what else is told of it. */
export declare const longReader: (bridge: Bridge<LongGlue>) => (given: unknown, input: object) => Reply | undefined;
