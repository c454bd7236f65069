import type { Job } from "./jobs.js";
import { type Fetch } from "./once.js";
import type { Cloud, Event, Keyring, Report } from "./types.js";
/** Keys by cloud, or a function that gives them afresh before every step; it is told which clouds have refused theirs since it was asked last. */
export type Keys = Keyring | ((refused: readonly Cloud[]) => Keyring | Promise<Keyring>);
/** What {@link run} may be given. */
export interface RunOptions {
    /**
     * Sends a request, as the global `fetch` does. It must send it once: what a runtime repeats by itself may launch twice. The
     * usual one is the runtime's own, kept from that where it can be.
     */
    fetch?: Fetch;
    /** Appends these journal lines to what is saved; they are saved before the request that they announce is sent. */
    save?: (lines: string) => void | Promise<void>;
    /** Winds down: nothing more is launched, what is launched is left running, and the answers under way are waited for. Then `run` rejects with its reason. */
    signal?: AbortSignal;
    onEvent?: (event: Event) => void;
    /** Hears why fresh keys were not to be had: those from before stay in use, and others are asked for again. */
    onKeyTrouble?: (error: unknown) => void;
}
/**
 * Drives a job to its end. It decides nothing: it moves the bytes, tells the time and saves the journal.
 *
 * It rejects when `signal` is aborted, and when `save` or `onEvent` throws: nothing more is sent then, and the answers under way
 * are waited for. `job.report()` tells what became of every destination, `job.takeJournal()` what is not saved yet; what was saved
 * goes on with `Job.restore`. Only at first does it reject for want of keys: later those at hand stay in use until others come.
 * A job has one driver at a time: a second one rejects.
 */
export declare function run(job: Job, credentials: Keys, options?: RunOptions): Promise<Report>;
