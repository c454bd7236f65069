import { misuse, reading } from "./bridge.js";

/** That the functions of these options can be called, and their signal be listened to: said before anything is sent. */
export function checkCallbacks(options: object, ...names: readonly string[]): void {
  for (const name of ["fetch", "signal", ...names]) {
    const field = `options.${name}`;
    const given = reading(field, () => (options as Record<string, unknown>)[name]) ?? (name === "fetch" ? globalThis.fetch : null);
    if (given !== null && typeof (name === "signal" ? (given as AbortSignal).throwIfAborted : given) !== "function") throw misuse(field, "cannot be used");
  }
}
