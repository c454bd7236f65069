import { type Glue, TextBridge, type Text } from "./bridge.js";
import type { Loading } from "./loading.js";
import type { Language } from "./params/words.js";
import { errorOf } from "./thrown.js";

/**
 * The bridge of levels 1 and 2 where files are read at once: to a module of their own, compiled for speed, so that a program that
 * only calls clouds does not wait for plans and jobs to be validated. Where the whole module serves already when something is first
 * asked of it, as after `initSync(source)`, or its file was left behind by a bundler, the whole one serves instead.
 */
export class CallsBridge<G extends Glue> extends TextBridge<G> {
  readonly #whole: TextBridge<G>;
  /** Decided once: handles belong to the module that made them. */
  #isOwn: boolean | undefined;

  constructor(whole: TextBridge<G>, glue: G, entry: string, module: () => unknown) {
    super(glue, entry, module, errorOf);
    this.#whole = whole;
  }

  get #own(): boolean {
    return (this.#isOwn ??= !this.#whole.isReady && this.#isLoadable());
  }

  #isLoadable(): boolean {
    try {
      this.initSync();
    } catch {
      return false;
    }
    return true;
  }

  override get instance(): number {
    return this.#own ? super.instance : this.#whole.instance;
  }

  /** Loads both. A module that is given is the whole one, which then serves alone. */
  get loading(): Loading {
    const decide = (source: unknown): unknown => source === undefined && this.#own;
    return {
      init: async (source) => {
        decide(source);
        await this.#whole.init(source);
      },
      initSync: (source) => {
        decide(source);
        this.#whole.initSync(source);
      },
    };
  }

  override call<T>(use: (glue: G) => T, isSilent?: boolean): T {
    return this.#own ? super.call(use, isSilent) : this.#whole.call(use, isSilent);
  }

  override addTexts(language: Language, texts: readonly Text[]): void {
    super.addTexts(language, texts);
    this.#whole.addTexts(language, texts);
  }
}
