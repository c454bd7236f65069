import { misuse, reading } from "./bridge.js";
import { checkCallbacks } from "./callbacks.js";
import { ImgferryError } from "./error.js";
import { exchanged } from "./exchange.js";
import type { Job } from "./jobs.js";
import { whyLost } from "./lost.js";
import { type Fetch, once } from "./once.js";
import type { Cloud, Event, Keyring, Report, Step } from "./types.js";

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
export async function run(job: Job, credentials: Keys, options: RunOptions = {}): Promise<Report> {
  return alone(job, credentials, options, async (carried) => {
    for (;;) {
      const step = await carried.step();
      if (step.type === "done") {
        if (carried.isStopped) throw options.signal!.reason;
        return job.report();
      }
      if (step.type === "send") carried.send(step);
      else await carried.change(carried.waitMs);
    }
  });
}

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
export async function tick(job: Job, credentials: Keys, options: TickOptions = {}): Promise<number | null> {
  return alone(job, credentials, options, async (carried) => {
    let { budgetMs = 5000, patienceMs = 1000, requests = Infinity } = options;
    const until = Date.now() + budgetMs;
    try {
      do {
        const step = await carried.step();
        if (step.type === "done") return null;
        if (step.type === "send") {
          requests--;
          carried.send(step);
        } else {
          const wait = carried.waitMs;
          if (carried.isIdle && (wait > patienceMs || Date.now() + wait > until)) return wait;
          await carried.change(Math.min(wait, until - Date.now()));
        }
      } while (Date.now() < until && requests > 0);
    } finally {
      await carried.answered();
    }
    await carried.save();
    return 0;
  });
}

/** Jobs that are being driven. */
const driven = new WeakSet<Job>();

/** Refuses a second driver of a job. */
async function alone<T>(job: Job, credentials: Keys, options: RunOptions, work: (carried: Carried) => Promise<T>): Promise<T> {
  if (typeof reading("job", () => job.poll) !== "function") throw misuse("job", "must be a Job");
  checkCallbacks(options, "save", "onEvent", "onKeyTrouble");
  if (driven.has(job)) {
    throw new ImgferryError("the job is driven already", {
      code: "job.driven",
      hint: "wait for the first run, or abort it",
      hintZh: "请等待或中止前一个 run",
    });
  }
  driven.add(job);
  const own = options.fetch ? undefined : once();
  const carried = new Carried(job, credentials, options, options.fetch ?? own!.fetch);
  try {
    return await work(carried);
  } catch (error) {
    await carried.answered();
    throw error;
  } finally {
    carried.end();
    driven.delete(job);
    void carried.answered().then(() => own?.close());
  }
}

/** A job on its way, with the requests that are. */
class Carried {
  /** How long the step waits. A clock that was set back since the job was asked, by years even, makes that no longer. */
  waitMs = 0;
  /** What was aborted is cancelled, once. */
  isStopped = false;
  readonly #job: Job;
  readonly #keys: Asked;
  readonly #options: RunOptions;
  readonly #fetch: Fetch;
  readonly #underWay = new Set<Promise<void>>();
  /** Clouds that have refused their keys, and were not asked about since. */
  #refused: Cloud[] = [];
  #hasChanged = false;
  #wake: (() => void) | undefined;
  readonly #changed = (): void => {
    this.#hasChanged = true;
    this.#wake?.();
  };

  constructor(job: Job, credentials: Keys, options: RunOptions, fetch: Fetch) {
    this.#job = job;
    this.#keys = new Asked(credentials, options.onKeyTrouble);
    this.#options = options;
    this.#fetch = fetch;
    options.signal?.addEventListener("abort", this.#changed);
  }

  /** What is to be done now: saved before it is done. */
  async step(): Promise<Step> {
    // Whatever happens from here on, also while the journal is being saved, ends the wait that may follow.
    this.#hasChanged = false;
    await this.#tell();
    do {
      const clouds = this.#refused;
      this.#refused = [];
      await this.#keys.ask(clouds);
      // A key that was refused meanwhile is asked for once more, before the job gives up.
      await this.#tell();
    } while (this.#refused.length > 0);
    if (this.#isAborted) {
      this.isStopped = true;
      this.#job.cancel(Date.now());
    }
    const nowMs = Date.now();
    const step = await this.#keys.poll(this.#job);
    try {
      await this.save();
    } catch (error) {
      // It never leaves.
      if (step.type === "send") this.#job.lost(Date.now(), step.id, "unsent");
      throw error;
    }
    if (step.type === "wait") this.waitMs = Math.max(step.untilMs - Math.max(nowMs, Date.now()), 0);
    return step;
  }

  send(step: Step & { type: "send" }): void {
    // Aborted while it was being saved.
    if (this.#isAborted) return this.#job.lost(Date.now(), step.id, "unsent");
    const sent: Promise<void> = exchange(this.#job, step, this.#fetch)
      // What was thrown cannot be told.
      .catch(() => this.#job.lost(Date.now(), step.id, "unanswered"))
      // A job that was freed meanwhile refuses the answer; the next poll says so.
      .catch(() => {})
      .finally(() => {
        this.#underWay.delete(sent);
        this.#changed();
      });
    this.#underWay.add(sent);
  }

  get #isAborted(): boolean | undefined {
    return this.#options.signal?.aborted && !this.isStopped;
  }

  /** Whether nothing is under way, and nothing has happened since the last step. */
  get isIdle(): boolean {
    return this.#underWay.size === 0 && !this.#hasChanged;
  }

  /** Waits for so long, or until something has happened since the last step. */
  async change(ms: number): Promise<void> {
    if (this.#hasChanged) return;
    let timer;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1));
    });
    clearTimeout(timer);
  }

  /** Waits for the answers under way. */
  async answered(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** Saves what is new, and tells what happened. */
  async save(): Promise<void> {
    await this.#options.save?.(this.#job.takeJournal());
    await this.#tell();
  }

  async #tell(): Promise<void> {
    for (const event of this.#job.takeEvents()) {
      if (event.event === "credentials") this.#refused.push(event.cloud);
      await this.#options.onEvent?.(event);
    }
  }

  end(): void {
    this.#options.signal?.removeEventListener("abort", this.#changed);
  }
}

/** The keys as they are asked for: those that were good stay until others are. */
class Asked {
  #given: unknown;
  #good: unknown;
  readonly #ask: Keys;
  readonly #trouble: RunOptions["onKeyTrouble"];

  constructor(ask: Keys, trouble: RunOptions["onKeyTrouble"]) {
    this.#ask = ask;
    this.#trouble = trouble;
  }

  async ask(refused: readonly Cloud[]): Promise<void> {
    try {
      this.#given = typeof this.#ask === "function" ? await this.#ask([...new Set(refused)]) : this.#ask;
    } catch (error) {
      await this.#keep(error);
    }
  }

  /** What to do now. Keys that are none are as bad as none at all. */
  async poll(job: Job): Promise<Step> {
    try {
      const step = job.poll(Date.now(), this.#given as Keyring);
      this.#good = this.#given;
      return step;
    } catch (error) {
      await this.#keep(error);
      return job.poll(Date.now(), this.#given as Keyring);
    }
  }

  async #keep(error: unknown): Promise<void> {
    if (this.#good === undefined) throw error;
    this.#given = this.#good;
    await this.#trouble?.(error);
  }
}

/** Sends a request and tells what came of it: why it has no answer as far as the runtime says. */
async function exchange(job: Job, { id, request, timeoutMs }: Step & { type: "send" }, fetch: Fetch): Promise<void> {
  let answers = false;
  try {
    const answer = await exchanged(fetch, request, AbortSignal.timeout(timeoutMs), () => (answers = true));
    job.answer(Date.now(), id, answer);
  } catch (error) {
    const { why, cause } = whyLost(error);
    // What breaks off in its answer was sent.
    job.lost(Date.now(), id, answers ? "unanswered" : why, cause);
  }
}
