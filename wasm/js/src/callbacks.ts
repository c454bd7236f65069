import { misuse, reading } from "./bridge.js";

/** That these are options whose functions can be called and whose signal can be listened to: said before anything is sent. */
export function checkCallbacks<T extends object>(options: T, functions: readonly (keyof T & string)[]): void {
  if (typeof options !== "object" || options === null) throw misuse("options", "options must be an object");
  for (const name of functions) {
    const given = reading("options", () => options[name]) ?? undefined;
    if (given !== undefined && typeof given !== "function") throw misuse(`options.${name}`, `options.${name} must be a function`);
  }
  const signal = reading("options", () => (options as { signal?: unknown }).signal) ?? undefined;
  const listens = signal === undefined || reading("options.signal", () => typeof (signal as AbortSignal).addEventListener === "function");
  if (!listens) throw misuse("options.signal", "options.signal must be an AbortSignal");
}
