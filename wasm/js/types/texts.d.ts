import { type TextBridge, type Glue, type Text } from "./bridge.js";
import type { Language } from "./params/words.js";
/** Texts by language: those that come with the entry. */
export type Texts = {
    readonly [language in Language]?: readonly Text[];
};
/** How others are fetched: apart, so that bundlers leave it out where nobody asks for them. */
export type More = {
    readonly [language in Language]?: () => Promise<readonly Text[]>;
};
export interface Speaking {
    /**
     * Loads the texts in a language. English comes with the package; in pages, Chinese is fetched by this. Until then `messageZh` holds
     * the id of the rule and its values, and `hintZh`, the Chinese causes of error codes and the Chinese names of regions are empty.
     */
    texts(language: Language): Promise<void>;
}
/** The bridge, with the texts that come with the entry. */
export declare function spoken<B extends TextBridge<Glue>>(bridge: B, texts: Texts): B;
/** Fetches what does not. */
export declare function speaking(bridge: TextBridge<Glue>, texts: Texts, more: More): Speaking;
