import type { Source } from "./types.js";

/** How a module is loaded. */
export interface Loading {
  /** Loads the module, without holding up the page: the entry's own, or that one. Once, however often it is called. */
  init(source?: Source | Promise<Source>): Promise<void>;
  /** Loads the module at once, from compiled code or bytes. Node, Deno, Bun, workers and `/inline` do it by themselves when it is first used. */
  initSync(source?: object): void;
}

export function loading(bridge: Loading): Loading {
  return { init: (source) => bridge.init(source), initSync: (source) => bridge.initSync(source) };
}
