import type { Job } from "./jobs.js";
import { type Fetch } from "./once.js";
import type { Cloud, Event, Keyring, Report } from "./types.js";
/**
 * Keys by cloud, or a function that gives them afresh before every step; it is told which clouds have refused theirs since it was asked
 * last. It has to settle, as `save` has: nothing goes on before it does, not even what is aborted.
 */
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
    onEvent?: (event: Event) => void | Promise<void>;
    /** Hears why fresh keys were not to be had: those from before stay in use, and others are asked for again. */
    onKeyTrouble?: (error: unknown) => void | Promise<void>;
}
/** What {@link tick} may be given. */
export interface TickOptions extends RunOptions {
    /** How long a turn may begin anything, in milliseconds; answers are waited for all the same. */
    budgetMs?: number;
    /** A shorter wait is waited for, a longer one ends the turn: a second at least where the job does not stay in memory. */
    patienceMs?: number;
    /** How many requests a turn may send: platforms count them. */
    requests?: number;
}
/**
 * Drives a job to its end. It decides nothing: it moves the bytes, tells the time and saves the journal.
 *
 * It rejects when `signal` is aborted, and when `save` or `onEvent` throws or rejects: nothing more is sent then, and the answers
 * under way are waited for, as `save` is. `job.report()` tells what became of every destination, `job.takeJournal()` what is not
 * saved yet; what was saved goes on with `Job.restore`. Only at first does it reject for want of keys: later those at hand stay in
 * use until others come.
 * A job has one driver at a time: a second one rejects.
 */
export declare function run(job: Job, credentials: Keys, options?: RunOptions): Promise<Report>;
/**
 * One turn of a job whose memory is elsewhere, such as in a Durable Object: tells in how many milliseconds the next one is due, `null`
 * when the job is over. No request is under way then, and all that the job knows was given to `save`: it may be dropped, and made again
 * by `Job.wake` from what is saved.
 *
 * It rejects when `save` or `onEvent` throws, or `credentials` at first: drop the job, it knows more than what was saved. See to it
 * that one driver at a time has a journal, as an object of a Durable Object has its own.
 *
 * ```js
 * const ms = await tick(Job.wake(journal, Date.now()).job, keys, { save: (lines) => storage.append(lines) });
 * if (ms !== null) storage.setAlarm(Date.now() + ms);
 * ```
 */
export declare function tick(job: Job, credentials: Keys, options?: TickOptions): Promise<number | null>;
