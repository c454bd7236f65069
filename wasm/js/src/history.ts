import { reading } from "./bridge.js";
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
export function history(events: readonly Event[], lane: number): Stage[] {
  return reading("events", () =>
    events.filter((told) => told.lane === lane && told.event !== "progress").map(({ event, atMs }, at, own) => ({ event, fromMs: atMs, untilMs: own[at + 1]?.atMs })),
  );
}
