import { type Bridge, type Glue } from "./bridge.js";
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
/** Reads the answers that are as long, and leaves the others: a body, and what else is told of it. */
export declare const longReader: (bridge: Bridge<LongGlue>) => (given: unknown, input: () => string) => Reply | undefined;
