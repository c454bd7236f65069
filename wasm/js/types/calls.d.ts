import { type Glue, TextBridge, type Text } from "./bridge.js";
import type { Loading } from "./loading.js";
import type { Language } from "./params/words.js";
/**
 * The bridge of levels 1 and 2 where files are read at once: to a module of their own, compiled for speed, so that a program that
 * only calls clouds does not wait for plans and jobs to be validated. Where the whole module serves already when something is first
 * asked of it, as after `initSync(source)`, or its file was left behind by a bundler, the whole one serves instead.
 */
export declare class CallsBridge<G extends Glue> extends TextBridge<G> {
    #private;
    constructor(whole: TextBridge<G>, glue: G, entry: string, module: () => unknown);
    get instance(): number;
    /** Loads both. A module that is given is the whole one, which then serves alone. */
    get loading(): Loading;
    call<T>(use: (glue: G) => T, isSilent?: boolean): T;
    addTexts(language: Language, texts: readonly Text[]): void;
}
