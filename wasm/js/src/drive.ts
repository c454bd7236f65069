import { ImgferryError } from "./error.js";
import type { Job } from "./jobs.js";
import { whyLost } from "./lost.js";
import { type Fetch, once } from "./once.js";
import type { Cloud, Event, Keyring, Report, Step } from "./types.js";

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

/** Jobs that are being driven. */
const driven = new WeakSet<Job>();

/**
 * Drives a job to its end. It decides nothing: it moves the bytes, tells the time and saves the journal.
 *
 * It rejects when `signal` is aborted, and when `save` or `onEvent` throws: nothing more is sent then, and the answers under way
 * are waited for. `job.report()` tells what became of every destination, `job.takeJournal()` what is not saved yet; what was saved
 * goes on with `Job.restore`. Only at first does it reject for want of keys: later those at hand stay in use until others come.
 * A job has one driver at a time: a second one rejects.
 */
export async function run(job: Job, credentials: Keys, options: RunOptions = {}): Promise<Report> {
  if (driven.has(job)) {
    throw new ImgferryError("the job is driven already", {
      code: "job.driven",
      hint: "wait for the first run, or abort it; one driver drives a job at a time",
      hintZh: "请等待或中止前一个 run；同一作业同时只能由一个驱动执行",
    });
  }
  driven.add(job);
  const own = options.fetch ? undefined : once();
  const underWay = new Set<Promise<void>>();
  try {
    return await drive(job, credentials, { ...options, fetch: options.fetch ?? own!.fetch }, underWay);
  } catch (error) {
    await Promise.all(underWay);
    throw error;
  } finally {
    driven.delete(job);
    void Promise.all(underWay).then(() => own?.close());
  }
}

async function drive(job: Job, credentials: Keys, options: RunOptions & { fetch: Fetch }, underWay: Set<Promise<void>>): Promise<Report> {
  const { fetch, save, signal, onEvent } = options;
  const keys = new Asked(credentials, options.onKeyTrouble);
  let changed = (): void => {};
  const wake = (): void => changed();
  let refused: Cloud[] = [];
  const tell = (): void => {
    for (const event of job.takeEvents()) {
      if (event.event === "credentials") refused.push(event.cloud);
      onEvent?.(event);
    }
  };
  signal?.addEventListener("abort", wake);
  try {
    let isStopped = false;
    for (;;) {
      // Whatever happens from here on, also while the journal is being saved, ends the wait below.
      const change = new Promise<void>((resolve) => (changed = resolve));
      tell();
      do {
        const clouds = refused;
        refused = [];
        await keys.ask(clouds);
        // A key that was refused meanwhile is asked for once more, before the job gives up.
        tell();
      } while (refused.length > 0);
      if (signal?.aborted && !isStopped) {
        isStopped = true;
        job.cancel(Date.now());
      }
      const step = keys.poll(job);
      await saved(job, step, save);
      tell();
      if (step.type === "done") {
        if (isStopped) throw signal!.reason;
        return job.report();
      }
      if (step.type === "send") {
        // A job that was freed meanwhile refuses the answer; the next poll says so.
        const exchanged = exchange(job, step, fetch).catch(() => {}).finally(() => {
          underWay.delete(exchanged);
          changed();
        });
        underWay.add(exchanged);
      } else {
        let timer;
        const due = new Promise<void>((resolve) => (timer = setTimeout(resolve, Math.min(step.untilMs - Date.now(), 2 ** 31 - 1))));
        await Promise.race([change, due]);
        clearTimeout(timer);
      }
    }
  } finally {
    signal?.removeEventListener("abort", wake);
  }
}

/** The keys as they are asked for: those that were good stay until others are. */
class Asked {
  #given: unknown;
  #good: unknown;
  readonly #ask: Keys;
  readonly #trouble: (error: unknown) => void;

  constructor(ask: Keys, trouble: (error: unknown) => void = () => {}) {
    this.#ask = ask;
    this.#trouble = trouble;
  }

  async ask(refused: readonly Cloud[]): Promise<void> {
    try {
      this.#given = typeof this.#ask === "function" ? await this.#ask([...new Set(refused)]) : this.#ask;
    } catch (error) {
      this.#keep(error);
    }
  }

  /** What to do now. Keys that are none are as bad as none at all. */
  poll(job: Job): Step {
    try {
      const step = job.poll(Date.now(), this.#given as Keyring);
      this.#good = this.#given;
      return step;
    } catch (error) {
      this.#keep(error);
      return job.poll(Date.now(), this.#given as Keyring);
    }
  }

  #keep(error: unknown): void {
    if (this.#good === undefined) throw error;
    this.#given = this.#good;
    this.#trouble(error);
  }
}

/** Saves what is new. When that fails, the request that was to be sent never leaves. */
async function saved(job: Job, step: Step, save: RunOptions["save"]): Promise<void> {
  try {
    await save?.(job.takeJournal());
  } catch (error) {
    if (step.type === "send") job.lost(Date.now(), step.id, "unsent");
    throw error;
  }
}

/** Sends a request and tells what came of it: why it has no answer as far as the runtime says. */
async function exchange(job: Job, { id, request, timeoutMs }: Step & { type: "send" }, fetch: Fetch): Promise<void> {
  const { method, url, headers, body } = request;
  let answers = false;
  try {
    const response = await fetch(url, { method, headers, body: body || undefined, redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
    answers = true;
    const text = await response.text();
    job.answer(Date.now(), id, { status: response.status, headers: response.headers, body: text });
  } catch (error) {
    const { why, cause } = whyLost(error);
    // What breaks off in its answer was sent.
    job.lost(Date.now(), id, answers ? "unanswered" : why, cause);
  }
}
