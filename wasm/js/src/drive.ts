import { ImgferryError } from "./error.js";
import type { Job } from "./jobs.js";
import { whyLost } from "./lost.js";
import type { Event, Keyring, Report, Step } from "./types.js";

type Fetch = NonNullable<RunOptions["fetch"]>;

/** What {@link run} may be given. */
export interface RunOptions {
  /** Sends a request, as the global `fetch` does. */
  fetch?: (url: string, init: { method: string; headers: [string, string][]; body?: string; redirect: "manual"; signal: AbortSignal }) => Promise<{
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

/** Jobs that are being driven. */
const driven = new WeakSet<Job>();

/**
 * Drives a job to its end. It decides nothing: it moves the bytes, tells the time and saves the journal.
 *
 * It rejects when `save`, `onEvent` or `credentials` throws: nothing more is sent then. What was saved goes on with `Job.restore`.
 * A job has one driver at a time: a second one rejects.
 */
export async function run(job: Job, credentials: Keyring | (() => Keyring | Promise<Keyring>), options: RunOptions = {}): Promise<Report> {
  return alone(job, () => drive(job, credentials, options));
}

/** Refuses a second driver of a job. */
async function alone<T>(job: Job, work: () => Promise<T>): Promise<T> {
  if (driven.has(job)) {
    throw new ImgferryError("the job is driven already", {
      code: "job.driven",
      hint: "wait for the first run, or abort it; one driver drives a job at a time",
      hintZh: "请等待或中止前一个 run；同一作业同时只能由一个驱动执行",
    });
  }
  driven.add(job);
  try {
    return await work();
  } finally {
    driven.delete(job);
  }
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
export async function tick(job: Job, credentials: Keyring | (() => Keyring | Promise<Keyring>), options: TickOptions = {}): Promise<number | null> {
  return alone(job, async () => {
    const { fetch = globalThis.fetch as Fetch, budgetMs = 5000, patienceMs = 1000, requests = Infinity } = options;
    const until = Date.now() + budgetMs;
    const underWay = new Set<Promise<void>>();
    let sent = 0;
    try {
      do {
        const step = await stepOf(job, credentials, options);
        if (step.type === "done") return null;
        if (step.type === "send") {
          sent++;
          // A job that was freed meanwhile refuses the answer; the next poll says so.
          const answered: Promise<void> = exchange(job, step, fetch).catch(() => {}).finally(() => underWay.delete(answered));
          underWay.add(answered);
        } else {
          const wait = Math.max(step.untilMs - Date.now(), 0);
          if (underWay.size === 0 && (wait > patienceMs || Date.now() + wait > until)) return wait;
          let timer;
          const due = new Promise<void>((resolve) => (timer = setTimeout(resolve, Math.min(wait, Math.max(until - Date.now(), 0)))));
          await Promise.race([...underWay, due]);
          clearTimeout(timer);
        }
      } while (Date.now() < until && sent < requests);
    } finally {
      await Promise.all(underWay);
    }
    await told(job, options);
    return 0;
  });
}

/** What is to be done now: saved before it is done. */
async function stepOf(job: Job, credentials: Keyring | (() => Keyring | Promise<Keyring>), options: RunOptions): Promise<Step> {
  const keys = typeof credentials === "function" ? await credentials() : credentials;
  if (options.signal?.aborted) job.cancel(Date.now());
  const step = job.poll(Date.now(), keys);
  await told(job, options);
  return step;
}

/** Saves what is new, and tells what happened. */
async function told(job: Job, { save, onEvent }: RunOptions): Promise<void> {
  await save?.(job.takeJournal());
  for (const event of job.takeEvents()) onEvent?.(event);
}

async function drive(job: Job, credentials: Keyring | (() => Keyring | Promise<Keyring>), options: RunOptions): Promise<Report> {
  const { fetch = globalThis.fetch as Fetch, signal } = options;
  let changed = (): void => {};
  const wake = (): void => changed();
  signal?.addEventListener("abort", wake);
  try {
    for (;;) {
      // Whatever happens from here on, also while the journal is being saved, ends the wait below.
      const change = new Promise<void>((resolve) => (changed = resolve));
      const step = await stepOf(job, credentials, options);
      if (step.type === "done") return job.report();
      if (step.type === "send") {
        // A job that was freed meanwhile refuses the answer; the next poll says so.
        exchange(job, step, fetch).catch(() => {}).finally(wake);
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
