import { Bridge } from "./bridge.js";
import { type Signing, type SigningGlue, signing } from "./signing.js";
import type { Source } from "./types.js";

/** How a module is loaded. Every entry but `/slim` does it by itself when it is first used. */
export interface Loading {
  /** Loads the module, without holding up the page. Once, however often it is called. */
  init(source?: Source | Promise<Source>): Promise<void>;
  /** Loads the module at once, from compiled code or bytes. */
  initSync(source?: object): void;
}

/** Level 1 alone on a module; `embedded` gives it. */
export function small(glue: SigningGlue, entry: string, embedded?: () => unknown): Loading & Signing {
  const bridge = new Bridge(glue, entry, embedded);
  return { ...loading(bridge), ...signing(bridge) };
}

export function loading(bridge: Loading): Loading {
  return { init: (source) => bridge.init(source), initSync: (source) => bridge.initSync(source) };
}
