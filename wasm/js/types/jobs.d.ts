/// <reference lib="esnext.disposable" preserve="true" />
import { Bridge } from "./bridge.js";
import { type JobGlue } from "./operations.js";
import type { Answer, Changes, Event, Keyring, Lost, Plan, Report, Row, Step, Trust } from "./types.js";
/** A replication under way: level 3. It does nothing by itself; `run` drives it with `fetch`. */
export interface Job {
    /** Number of destinations. */
    readonly length: number;
    /** Says what to do now. Credentials are given to every poll, so that they may be refreshed between two of them. */
    poll(nowMs: number, credentials: Keyring): Step;
    /** Takes the answer of a request. Refused when no request of that id is under way: nothing changes then. */
    answer(nowMs: number, id: number, answer: Answer): void;
    /**
     * Tells that a request has no answer: it certainly never left; nor will another before somebody mends what is wrong (the run
     * ends then, to be resumed); or nobody knows. When in doubt, `unanswered`. `cause` says why in words; errors and events show it.
     */
    lost(nowMs: number, id: number, why: Lost, cause?: string): void;
    /** Stops what is not launched and leaves running what is. */
    cancel(nowMs: number): void;
    /**
     * Takes a person's word on a lane that is ambiguous or probing: the copy is there under that id (an export: the id of its task),
     * or, with `null`, it is not there. At the next poll it is watched, or looked for and launched anew. `lane` is that of a row;
     * the word is in the journal.
     * @throws {ImgferryError} when the lane is in no doubt, or the id cannot be that of its copy. Nothing changes then.
     */
    resolve(nowMs: number, lane: number, id: string | null): void;
    /** Takes the journal lines written since the last call. They must be saved before the next request leaves. */
    takeJournal(): string;
    /** The whole journal anew and as short as it can be, to replace the saved one with. */
    compact(): string;
    /** Takes the events since the last call. */
    takeEvents(): Event[];
    /** What became of every destination so far. */
    report(): Report;
    /** What became of one destination so far: the row of that number in `report`, without making the others; `null` where there is none. */
    row(lane: number): Row | null;
    /**
     * The report with those rows and steps alone that have changed behind `since`: 0 at first, then the `seq` of the changes before.
     * Exit code and counts are those of all rows. That a remaining time has grown shorter is no change.
     */
    changes(nowMs: number, since: number): Changes;
    /** Gives the memory of the job back. */
    free(): void;
    [Symbol.dispose](): void;
}
export interface JobConstructor {
    /**
     * Begins a replication. Nothing is sent before the first poll. `seed` is any whole number: chance is drawn from it.
     * @throws {ImgferryError} with all findings in `problems` when the plan breaks a rule of severity error.
     */
    new (plan: Plan, nowMs: number, seed: number, trust?: Trust): Job;
    /**
     * Only looks at what is there: every destination ends as `present`, `missing`, `stale` or `conflict`. Nothing is launched, and
     * there is no journal to keep.
     */
    survey(plan: Plan, nowMs: number, seed: number, trust?: Trust): Job;
    /**
     * Takes a replication up again from its journal: any prefix of it will do, a last line that is cut off too.
     * `kept` characters of the text count: cut it to that length before appending to it. What is trusted the journal does not hold.
     */
    restore(journal: string, nowMs: number, trust?: Trust): {
        job: Job;
        kept: number;
    };
    /**
     * Takes a replication up for its next turn, where memory does not last from one wait to the next: as `restore`, but deadlines
     * go on and what has ended stays so. A turn ends when nothing is under way and the wait lasts a second or more.
     */
    wake(journal: string, nowMs: number, trust?: Trust): {
        job: Job;
        kept: number;
    };
}
export declare function jobs(bridge: Bridge<JobGlue>): JobConstructor;
/** What can be told without a job. */
export interface Telling {
    /**
     * What a journal tells of what happened, in order: launches, what became of them, how lanes ended, keys that were refused, sources
     * that were waited for. Progress it does not tell, and a compacted one only how lanes stand. Nothing is sent.
     * @throws {ImgferryError} as `Job.restore`.
     */
    eventsOf(journal: string): Event[];
}
export declare function telling(bridge: Bridge<JobGlue>): Telling;
