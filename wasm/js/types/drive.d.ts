import type { Job } from "./jobs.js";
import type { Event, Keyring, Report } from "./types.js";
/** What {@link run} may be given. */
export interface RunOptions {
    /** Sends a request, as the global `fetch` does. */
    fetch?: (url: string, init: {
        method: string;
        headers: [string, string][];
        body?: string;
        redirect: "manual";
        signal: AbortSignal;
    }) => Promise<{
        status: number;
        headers: Iterable<[string, string]>;
        text(): Promise<string>;
    }>;
    /** Appends these journal lines to what is saved; they are saved before the request that they announce is sent. */
    save?: (lines: string) => void | Promise<void>;
    /** Cancels: what is not launched is not begun, what is launched is left running. */
    signal?: AbortSignal;
    onEvent?: (event: Event) => void;
}
/**
 * Drives a job to its end. It decides nothing: it moves the bytes, tells the time and saves the journal.
 *
 * It rejects when `save`, `onEvent` or `credentials` throws: nothing more is sent then. What was saved goes on with `Job.restore`.
 * A job has one driver at a time: a second one rejects.
 */
export declare function run(job: Job, credentials: Keyring | (() => Keyring | Promise<Keyring>), options?: RunOptions): Promise<Report>;
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
 * One turn of a job whose memory is elsewhere, such as in a Durable Object: tells in how many milliseconds the next one is due, `null`
 * when the job is over. No request is under way then, and all that the job knows was given to `save`: it may be dropped, and made again
 * by `Job.wake` from what is saved.
 *
 * It rejects when `save`, `onEvent` or `credentials` throws: drop the job, it knows more than what was saved. See to it that one
 * driver at a time has a journal, as an object of a Durable Object has its own.
 *
 * ```js
 * const ms = await tick(Job.wake(journal, Date.now()).job, keys, { save: (lines) => storage.append(lines) });
 * if (ms !== null) storage.setAlarm(Date.now() + ms);
 * ```
 */
export declare function tick(job: Job, credentials: Keyring | (() => Keyring | Promise<Keyring>), options?: TickOptions): Promise<number | null>;
