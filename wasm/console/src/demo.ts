// The demo as backend: simulator and jobs in a worker of the page, nothing leaves the browser.
import type { Row } from "imgferry";
import { Known, Trouble, unloaded } from "./backend.js";
import type { Backend, View } from "./backend.js";

const METHODS = ["about", "list", "view", "events", "create", "cancel", "resume", "resolve", "remove", "journal", "check", "survey", "images", "faults", "reset"] as const;

export type Demo = Backend & {
  /** The faults of the simulated clouds, by name; told with some, they strike from now on. */
  faults(chosen?: Record<string, number>): Promise<Record<string, number>>;
  /** Begins with empty clouds. */
  reset(): Promise<void>;
};

/** What the simulator tells unasked: that it goes on in a newer version of this console, or where tabs share no worker, in another tab; or that nothing is kept. */
export type News = "newer" | "elsewhere" | "unkept";

export function demo(onNews: (news: News) => void): Demo {
  const waiting = new Map<number, { asked: object; resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  let last = 0;
  let port: Pick<MessagePort, "postMessage"> | null = null;
  let failed: Trouble | null = null;
  const begin = (worker: SharedWorker | Worker): void => {
    const shared = "port" in worker ? worker : null;
    const own = shared?.port ?? (worker as Worker);
    let isHeard = false;
    own.onmessage = ({ data: { id, ok, error, news } }: MessageEvent) => {
      isHeard = true;
      if (id === 0) return onNews(news ?? (shared ? "newer" : "elsewhere"));
      const { resolve, reject } = waiting.get(id) ?? {};
      waiting.delete(id);
      if (error) reject?.(new Trouble(error));
      else resolve?.(ok);
    };
    worker.onerror = (event: ErrorEvent | Event) => {
      // A browser that lets the page keep nothing has it share nothing either.
      if (shared && !isHeard) return begin(alone());
      const trouble = unloaded(("message" in event && event.message) || "the simulator");
      if (!isHeard) failed = trouble;
      waiting.forEach(({ reject }) => reject(trouble));
      waiting.clear();
    };
    port = own;
    waiting.forEach(({ asked }) => own.postMessage(asked));
  };
  const ask = (method: string, ...given: unknown[]) =>
    new Promise((resolve, reject) => {
      if (failed) return reject(failed);
      const asked = { id: ++last, method, given };
      waiting.set(last, { asked, resolve, reject });
      port?.postMessage(asked);
    });
  begin(together() ?? alone());
  const known = new Known();
  return {
    ...(Object.fromEntries(METHODS.map((method) => [method, (...given: unknown[]) => ask(method, ...given)])) as unknown as Demo),
    async view(name) {
      const told = (await ask("view", name, Number(known.since(name)))) as Omit<View, "rows"> & { seq: number; rows: Row[] };
      return { ...told, rows: known.take({ ...told, seq: String(told.seq) }) };
    },
  };
}

/** One for all tabs, where the browser has such: two would drive the same replications, each in a world of its own. */
function together(): SharedWorker | null {
  try {
    return new SharedWorker(new URL("./demo.worker.ts", import.meta.url), { type: "module", name: "imgferry" });
  } catch {
    return null;
  }
}

const alone = (): Worker => new Worker(new URL("./demo.worker.ts", import.meta.url), { type: "module" });
