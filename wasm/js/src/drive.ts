import type { Job } from "./jobs.js";
import type { Event, Keyring, Report } from "./types.js";

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

/** Drives a job to its end. It decides nothing: it moves the bytes, tells the time and saves the journal. */
export async function run(job: Job, credentials: Keyring | (() => Keyring | Promise<Keyring>), options: RunOptions = {}): Promise<Report> {
  const { fetch = globalThis.fetch as RunOptions["fetch"] & {}, save, signal, onEvent } = options;
  const underWay = new Set<Promise<void>>();
  const cancelled = new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve(job.cancel(Date.now())), { once: true }));
  if (signal?.aborted) job.cancel(Date.now());
  for (;;) {
    const step = job.poll(Date.now(), typeof credentials === "function" ? await credentials() : credentials);
    await save?.(job.takeJournal());
    for (const event of job.takeEvents()) onEvent?.(event);
    if (step.type === "done") return job.report();
    if (step.type === "send") {
      const { method, url, headers, body } = step.request;
      const answered = fetch(url, { method, headers, body: body || undefined, redirect: "manual", signal: AbortSignal.timeout(step.timeoutMs) })
        .then(async (response) => job.answer(Date.now(), step.id, { status: response.status, headers: response.headers, body: await response.text() }))
        .catch(() => job.lost(Date.now(), step.id, "unanswered"))
        .finally(() => underWay.delete(answered));
      underWay.add(answered);
    } else {
      let timer;
      const due = new Promise<void>((resolve) => (timer = setTimeout(resolve, Math.min(step.untilMs - Date.now(), 2 ** 31 - 1))));
      await Promise.race([...underWay, due, cancelled]);
      clearTimeout(timer);
    }
  }
}
