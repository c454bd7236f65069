/// <reference lib="esnext.disposable" preserve="true" />
import { told } from "./ask.js";
import { Bridge, LARGEST_JOURNAL, camel, misuse, record, text, whole, withBody } from "./bridge.js";
import { Handle, type Kept as KeptNumber, keep } from "./handle.js";
import { type JobGlue, trusted as trustedOf } from "./operations.js";
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
  restore(journal: string, nowMs: number, trust?: Trust): { job: Job; kept: number };
  /**
   * Takes a replication up for its next turn, where memory does not last from one wait to the next: as `restore`, but deadlines
   * go on and what has ended stays so. A turn ends when nothing is under way and the wait lasts a second or more.
   */
  wake(journal: string, nowMs: number, trust?: Trust): { job: Job; kept: number };
}

/** A job in the module. */
type Kept = Handle<KeptNumber, JobGlue>;

/** What a question wants beside its name. */
type Wants = [nowMs?: number, count?: number, text?: string, more?: string, body?: Uint8Array];

const ask = (glue: JobGlue, number: number, question: string, ...[nowMs = 0, count = 0, text = "", more = "", body]: Wants): string =>
  told(glue.job(number, question, nowMs, count, text, more, body));

export function jobs(bridge: Bridge<JobGlue>): JobConstructor {
  const kept = (make: (glue: JobGlue, number: number) => void): Kept =>
    keep(bridge, "job", ["restore it from its journal", "请从日志恢复作业"], (number) => bridge.call((glue) => make(glue, number)));
  const begun = (how: "new" | "survey", plan: Plan, nowMs: unknown, seed: unknown, trust?: Trust): Kept => {
    const [now, chance, trusted] = [whole(nowMs, "nowMs"), natural(seed, "seed"), trustedOf(trust)];
    return kept((glue, number) => ask(glue, number, how, now, chance, record(plan, "plan"), trusted));
  };

  return class Replication implements Job {
    static readonly name = "Job";
    readonly #handle: Kept;

    constructor(plan: Plan, nowMs: number, seed: number, trust?: Trust);
    constructor(kept: Kept);
    constructor(given: Plan | Kept, nowMs?: number, seed?: number, trust?: Trust) {
      this.#handle = given instanceof Handle ? given : begun("new", given, nowMs, seed, trust);
    }

    static survey(plan: Plan, nowMs: number, seed: number, trust?: Trust): Job {
      return new Replication(begun("survey", plan, nowMs, seed, trust));
    }

    static restore(journal: string, nowMs: number, trust?: Trust): { job: Job; kept: number } {
      return Replication.#takenUp("restore", journal, nowMs, trust);
    }

    static wake(journal: string, nowMs: number, trust?: Trust): { job: Job; kept: number } {
      return Replication.#takenUp("wake", journal, nowMs, trust);
    }

    static #takenUp(how: "restore" | "wake", journal: string, nowMs: number, trust?: Trust): { job: Job; kept: number } {
      const trusted = trustedOf(trust);
      let length!: string;
      const handle = kept((glue, number) => {
        length = ask(glue, number, how, whole(nowMs, "nowMs"), 0, text(journal, "journal", LARGEST_JOURNAL), trusted);
      });
      return { job: new Replication(handle), kept: Number(length) };
    }

    /** The answer to a question; what it wants is looked at when it is asked. */
    #ask(question: string, wants = (): Wants => []): string {
      return this.#handle.use(({ number }, glue) => ask(glue, number, question, ...wants()));
    }

    #told(question: string, wants?: () => Wants): unknown {
      return camel(JSON.parse(this.#ask(question, wants)));
    }

    get length(): number {
      return Number(this.#ask("length"));
    }

    poll(nowMs: number, credentials: Keyring): Step {
      return JSON.parse(this.#ask("poll", () => [whole(nowMs, "nowMs"), 0, record(credentials)]));
    }

    answer(nowMs: number, id: number, given: Answer): void {
      const [answer, body] = withBody(given, "answer");
      this.#ask("answer", () => [whole(nowMs, "nowMs"), word(id, "id", "that of a request"), record(answer), "", body]);
    }

    lost(nowMs: number, id: number, why: Lost, cause = ""): void {
      this.#ask("lost", () => [whole(nowMs, "nowMs"), word(id, "id", "that of a request"), text(why, "why"), text(cause, "cause")]);
    }

    cancel(nowMs: number): void {
      this.#ask("cancel", () => [whole(nowMs, "nowMs")]);
    }

    resolve(nowMs: number, lane: number, id: string | null): void {
      const given = id === null ? "" : `=${text(id, "id")}`;
      this.#ask("resolve", () => [whole(nowMs, "nowMs"), word(lane, "lane", "that of a row"), given]);
    }

    takeJournal(): string {
      return this.#ask("takeJournal");
    }

    compact(): string {
      return this.#ask("compact");
    }

    takeEvents(): Event[] {
      return this.#told("takeEvents") as Event[];
    }

    report(): Report {
      return this.#told("report") as Report;
    }

    row(lane: number): Row | null {
      return this.#told("row", () => [0, word(lane, "lane", "that of a row")]) as Row | null;
    }

    changes(nowMs: number, since: number): Changes {
      return this.#told("changes", () => [whole(nowMs, "nowMs"), natural(since, "since")]) as Changes;
    }

    free(): void {
      this.#handle.free();
    }

    [Symbol.dispose](): void {
      this.free();
    }
  };
}

/** What can be told without a job. */
export interface Telling {
  /**
   * What a journal tells of what happened, in order: launches, what became of them, how lanes ended, keys that were refused, sources
   * that were waited for. Progress it does not tell, and a compacted one only how lanes stand. Nothing is sent.
   * @throws {ImgferryError} as `Job.restore`.
   */
  eventsOf(journal: string): Event[];
}

export function telling(bridge: Bridge<JobGlue>): Telling {
  return { eventsOf: (journal) => camel(JSON.parse(bridge.call((glue) => ask(glue, 0, "eventsOf", 0, 0, text(journal, "journal", LARGEST_JOURNAL))))) as Event[] };
}

function natural(count: unknown, name: string): number {
  if (whole(count, name) < 0) throw misuse(name, "must not be negative");
  return count as number;
}

/** A number of 32 bits: what the module would take modulo 2^32 is refused. */
function word(given: unknown, name: string, what: string): number {
  if (whole(given, name) !== (given as number) >>> 0) throw misuse(name, `must be ${what}`);
  return given as number;
}
