// The demo as backend: simulator and jobs in a Web Worker, nothing leaves the browser.
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

export function demo(): Demo {
  const worker = new Worker(new URL("./demo.worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  let last = 0;
  worker.onmessage = ({ data: { id, ok, error } }) => {
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (error) reject?.(new Trouble(error));
    else resolve?.(ok);
  };
  worker.onerror = (event) => waiting.forEach(({ reject }) => reject(new Trouble({ message: `The simulator could not start: ${event.message || "its code was not loaded"}.`, messageZh: `模拟器无法启动：${event.message || "代码未加载"}。`, hint: "Reload the page.", hintZh: "请重新加载页面。" })));
  const ask = (method: string, ...given: unknown[]) => new Promise((resolve, reject) => (waiting.set(++last, { resolve, reject }), worker.postMessage({ id: last, method, given })));
  const known = new Known();
  return {
    ...(Object.fromEntries(METHODS.map((method) => [method, (...given: unknown[]) => ask(method, ...given)])) as unknown as Demo),
    async view(name) {
      const { seq, ...told } = (await ask("view", name, Number(known.since(name)))) as Omit<View, "rows"> & { seq: number; rows: Row[] };
      return { ...told, rows: known.take(name, String(seq), told.rows) };
    },
    // Another one may have the name.
    async remove(name) {
      await ask("remove", name);
      known.forget(name);
    },
    async faults(chosen) {
      if (chosen) known.forget();
      return ask("faults", chosen) as Promise<Record<string, number>>;
    },
    async reset() {
      await ask("reset");
      known.forget();
    },
  };
}
