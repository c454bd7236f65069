// The demo as backend: simulator and jobs in a worker of the page, nothing leaves the browser.
import type { Row } from "imgferry";
import { Known, Trouble } from "./backend.js";
import type { Backend, View } from "./backend.js";

const METHODS = ["about", "list", "view", "events", "create", "cancel", "resume", "resolve", "remove", "journal", "check", "survey", "images", "faults", "reset"] as const;

export type Demo = Backend & {
  /** The faults of the simulated clouds, by name; told with some, they strike from now on. */
  faults(chosen?: Record<string, number>): Promise<Record<string, number>>;
  /** Begins with empty clouds. */
  reset(): Promise<void>;
};

/** `onTaken` is called when the simulator goes on elsewhere: in a newer version of this console, or where tabs share no worker, in another tab. */
export function demo(onTaken: (by: "newer" | "elsewhere") => void): Demo {
  // One for all tabs, where the browser has such: two would drive the same replications, each in a world of its own.
  const shared = "SharedWorker" in globalThis ? new SharedWorker(new URL("./demo.worker.ts", import.meta.url), { type: "module", name: "imgferry" }) : null;
  const worker = shared ?? new Worker(new URL("./demo.worker.ts", import.meta.url), { type: "module" });
  const port = shared?.port ?? (worker as Worker);
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  let last = 0;
  port.onmessage = ({ data: { id, ok, error } }: MessageEvent) => {
    if (id === 0) return onTaken(shared ? "newer" : "elsewhere");
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (error) reject?.(new Trouble(error));
    else resolve?.(ok);
  };
  worker.onerror = (event: ErrorEvent | Event) => waiting.forEach(({ reject }) => reject(new Trouble({ message: `The simulator could not start: ${("message" in event && event.message) || "its code was not loaded"}.`, messageZh: `模拟器无法启动：${("message" in event && event.message) || "代码未加载"}。`, hint: "Reload the page.", hintZh: "请重新加载页面。" })));
  const ask = (method: string, ...given: unknown[]) => new Promise((resolve, reject) => (waiting.set(++last, { resolve, reject }), port.postMessage({ id: last, method, given })));
  const known = new Known();
  return {
    ...(Object.fromEntries(METHODS.map((method) => [method, (...given: unknown[]) => ask(method, ...given)])) as unknown as Demo),
    async view(name) {
      const told = (await ask("view", name, Number(known.since(name)))) as Omit<View, "rows"> & { seq: number; rows: Row[] };
      return { ...told, rows: known.take({ ...told, seq: String(told.seq) }) };
    },
  };
}
