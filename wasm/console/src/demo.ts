// The demo as backend: simulator and jobs in a Web Worker, nothing leaves the browser.
import { Trouble } from "./backend.js";
import type { Backend } from "./backend.js";

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
  return Object.fromEntries(METHODS.map((method) => [method, (...given: unknown[]) => ask(method, ...given)])) as unknown as Demo;
}
