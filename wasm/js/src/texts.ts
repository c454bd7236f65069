import { type TextBridge, type Glue, type Text, misuse } from "./bridge.js";
import type { Language } from "./params/words.js";

/** Texts by language: those that come with the entry. */
export type Texts = { readonly [language in Language]?: readonly Text[] };

/** How others are fetched: apart, so that bundlers leave it out where nobody asks for them. */
export type More = { readonly [language in Language]?: () => Promise<readonly Text[]> };

export interface Speaking {
  /**
   * Loads the texts in a language. English comes with the package; in pages, Chinese is fetched by this. Until then `messageZh` holds
   * the id of the rule and its values, and `hintZh`, the Chinese causes of error codes and the Chinese names of regions are empty.
   */
  texts(language: Language): Promise<void>;
}

/** The bridge, with the texts that come with the entry. */
export function spoken<B extends TextBridge<Glue>>(bridge: B, texts: Texts): B {
  for (const [language, own] of Object.entries(texts)) bridge.addTexts(language as Language, own);
  return bridge;
}

/** Fetches what does not. */
export function speaking(bridge: TextBridge<Glue>, texts: Texts, more: More): Speaking {
  const loading = new Map<Language, Promise<void>>();
  const known = new Map<string, Texts[Language] | More[Language]>(Object.entries({ ...texts, ...more }));
  return {
    async texts(language) {
      if (!loading.has(language)) {
        const fetched = known.get(language);
        if (fetched === undefined) throw misuse("language", "must be en or zh");
        if (typeof fetched !== "function") return;
        loading.set(language, fetched().then((all) => bridge.addTexts(language, all)));
        // What failed may be tried again.
        loading.get(language)!.catch(() => loading.delete(language));
      }
      await loading.get(language);
    },
  };
}
