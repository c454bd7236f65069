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
