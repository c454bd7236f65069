import { ImgferryError } from "./error.js";
import type { Language } from "./params/words.js";
import type { Body, HeaderPairs, Headers, Source } from "./types.js";
/** The half of the bridge that wasm-bindgen generates. */
export interface Glue {
    initSync(source: {
        module: unknown;
    }): unknown;
    /** Puts a fresh instance in place of one that cannot be trusted any more. */
    __wbg_reset_state(): void;
    /** Takes texts, Chinese or English. */
    loadTexts?(isZh: boolean, texts: string): void;
}
/** Texts of rules and error codes and what is said in Chinese, or what reads them when something first tells of one. It never throws. */
export type Text = string | (() => string);
/** The WebAssembly module as the package sees it: loaded when it is first used, whole again after a trap. */
export declare class Bridge<G extends Glue> {
    #private;
    /** `module` gives the module, its bytes or its address; without it, the user does. `errorOf` reads what the module throws. */
    constructor(glue: G, entry: string, module?: () => unknown, errorOf?: (thrown: unknown) => unknown);
    /** Whether the module is loaded. */
    get isReady(): boolean;
    /** Which instance of the module is in use: what was made in another is gone. */
    get instance(): number;
    /** Loads the module: once, however often it is called. */
    init(source?: Source | Promise<Source>): Promise<void>;
    /** Loads the module without waiting. */
    initSync(source?: Source): void;
    /** Calls into the module; what it throws becomes a real error. */
    call<T>(use: (glue: G) => T, _isSilent?: boolean): T;
}
/** One to a module that tells of rules and error codes: it is given their texts. */
export declare class TextBridge<G extends Glue> extends Bridge<G> {
    #private;
    /** Has these texts for the module, and for every instance that takes its place: given when something first tells of them. */
    addTexts(language: Language, texts: readonly Text[]): void;
    /**
     * What is silent tells of texts only where it throws, and leaves no trace then: the texts are given, and it is called
     * once more.
     */
    call<T>(use: (glue: G) => T, isSilent?: boolean): T;
}
export declare const LARGEST_RECORD: number;
export declare const LARGEST_JOURNAL: number;
/** A record as text. What JSON would silently change or drop is refused with its name. */
export declare function record(value: unknown, name?: string): string;
/** Reads what the caller gave: what its own getters, proxies and iterators throw is told as misuse. */
export declare function reading<T>(name: string, read: () => T): T;
/** A text that is given as such. */
export declare function text(value: unknown, name: string, most?: number): string;
/** A whole number of milliseconds, or any other count. */
export declare function whole(value: unknown, name: string): number;
/** That what is called so is wrong, and how. */
export declare function misuse(name: string, what: string, cause?: unknown): ImgferryError;
/** A record with a body, and the body apart when it is bytes. Null-prototype and class instances will do. */
export declare function withBody<T extends {
    headers?: Headers;
    body?: Body;
}>(given: T, name: string): [Record<string, unknown>, Uint8Array | undefined];
/** Headers as pairs, from an object, pairs, a Map or a `Headers`. */
export declare function pairs(headers: Headers | undefined, name: string): HeaderPairs | undefined;
/** A value of JSON text, with whole numbers that no number of JavaScript holds exactly as BigInt. */
export declare function exact(text: string): unknown;
/** Our own records with the names of JavaScript: `image_id` becomes `imageId`. */
export declare function camel(value: unknown): unknown;
