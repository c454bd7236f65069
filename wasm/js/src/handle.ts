import type { Bridge, Glue } from "./bridge.js";
import { ImgferryError } from "./error.js";

/** Something in the module's memory: until it is freed, or until a trap makes the module anew. */
export class Handle<H extends { free(): void }, G extends Glue = Glue> {
  #handle: H | undefined;
  readonly #bridge: Bridge<G>;
  readonly #instance: number;
  readonly #name: string;
  readonly #remedy: readonly [hint: string, hintZh: string];

  /** `name` and `remedy` tell what is gone, and what to do about it. */
  constructor(bridge: Bridge<G>, handle: H, name: string, remedy: readonly [hint: string, hintZh: string]) {
    this.#handle = handle;
    this.#bridge = bridge;
    this.#instance = bridge.instance;
    this.#name = name;
    this.#remedy = remedy;
  }

  /** As the bridge calls. */
  use<T>(use: (handle: H, glue: G) => T, isSilent = false): T {
    const handle = this.#handle;
    if (handle === undefined) throw this.#gone("freed", "was freed");
    if (this.#instance !== this.#bridge.instance) throw this.#gone("lost", "is gone: the module was started anew");
    return this.#bridge.call((glue) => use(handle, glue), isSilent);
  }

  free(): void {
    const handle = this.#handle;
    this.#handle = undefined;
    // In a new instance its address is that of something else.
    if (this.#instance === this.#bridge.instance) handle?.free();
  }

  #gone(why: string, what: string): ImgferryError {
    const [hint, hintZh] = this.#remedy;
    return new ImgferryError(`the ${this.#name} ${what}`, { code: `${this.#name}.${why}`, hint, hintZh });
  }
}

/** What is kept in the module by a number. */
export interface Kept {
  readonly number: number;
  free(): void;
}

export interface KeepingGlue extends Glue {
  release(number: number): void;
}

/** How many were made, by all entries that may have a module in common. */
let made = 0;

// Not every runtime tells what nobody holds any more: workerd does not.
const dropped = typeof FinalizationRegistry === "undefined" ? undefined : /* @__PURE__ */ new FinalizationRegistry((kept: Kept) => kept.free());

/** A handle to what `make` has the module keep under a number that it is given. */
export function keep<G extends KeepingGlue>(bridge: Bridge<G>, name: string, remedy: readonly [hint: string, hintZh: string], make: (number: number) => void): Handle<Kept, G> {
  const number = ++made;
  make(number);
  const kept = { number, free: () => bridge.call((glue) => glue.release(number), true) };
  const handle = new Handle<Kept, G>(bridge, kept, name, remedy);
  dropped?.register(handle, kept);
  return handle;
}
