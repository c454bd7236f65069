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
