import { Border } from "./border.js";
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
  const border = new Border(glue, entry, embedded);
  return { ...loading(border), ...signing(border) };
}

export function loading(border: Loading): Loading {
  return { init: (source) => border.init(source), initSync: (source) => border.initSync(source) };
}
