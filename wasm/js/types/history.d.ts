import type { Event, EventKind } from "./types.js";
/** What a lane came to, and for how long it stood so. */
export interface Stage {
    event: EventKind;
    fromMs: number;
    /** When the next one began; undefined for the last. */
    untilMs: number | undefined;
}
/**
 * The stages of a lane in order: its launches, what became of each, how it ended. `events` are those that a job told, or
 * `eventsOf` its journal; what concerns no lane and the steps of its progress are left out.
 */
export declare function history(events: readonly Event[], lane: number): Stage[];
