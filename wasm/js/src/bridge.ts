import { ImgferryError } from "./error.js";
import { isModule } from "./runtime.js";
import type { Language } from "./params/words.js";
import type { Body, HeaderPairs, Headers, Source } from "./types.js";

/** The half of the bridge that wasm-bindgen generates. */
export interface Glue {
  initSync(source: { module: unknown }): unknown;
  /** Puts a fresh instance in place of one that cannot be trusted any more. */
  __wbg_reset_state(): void;
  /** Takes texts, Chinese or English. */
  loadTexts?(isZh: boolean, texts: string): void;
}

/** Texts of rules and error codes and what is said in Chinese, or what reads them when something first tells of one. It never throws. */
export type Text = string | (() => string);

/** The WebAssembly module as the package sees it: loaded when it is first used, whole again after a trap. */
export class Bridge<G extends Glue> {
  #ready = false;
  #instance = 0;
  readonly #glue: G;
  readonly #entry: string;
  readonly #module: (() => unknown) | undefined;
  readonly #errorOf: (thrown: unknown) => unknown;

  /** `module` gives the module, its bytes or its address; without it, the user does. `errorOf` reads what the module throws. */
  constructor(glue: G, entry: string, module?: () => unknown, errorOf = (thrown: unknown): unknown => thrown) {
    this.#glue = glue;
    this.#entry = entry;
    this.#module = module;
    this.#errorOf = errorOf;
  }

  /** Whether the module is loaded. */
  get isReady(): boolean {
    return this.#ready;
  }

  /** Which instance of the module is in use: what was made in another is gone. */
  get instance(): number {
    return this.#instance;
  }

  /** Loads the module: once, however often it is called. */
  async init(source?: Source | Promise<Source>): Promise<void> {
    try {
      const given = await source;
      if (!this.#ready) this.initSync((await compiled(this.#checked(given ?? this.#module?.()))) as Source);
    } catch (cause) {
      throw this.#unloadable(cause);
    }
  }

  /** Loads the module without waiting. */
  initSync(source?: Source): void {
    if (this.#ready) return;
    try {
      const module = this.#checked(source ?? this.#module?.());
      this.#glue.initSync({ module: module instanceof URL ? this.#checked(undefined) : module });
    } catch (cause) {
      throw this.#unloadable(cause);
    }
    this.#ready = true;
  }

  #checked(source: unknown): unknown {
    if (source == null) {
      throw new ImgferryError(`${this.#entry} was used before it was initialised`, {
        code: "module.uninitialised",
        hint: this.#module ? `await init() first, or import ${this.#entry}/inline` : "give the module to initSync first",
        hintZh: this.#module ? `请先 await init()，或导入 ${this.#entry}/inline` : "请先把模块传给 initSync",
      });
    }
    return source;
  }

  #unloadable(cause: unknown): ImgferryError {
    if (cause instanceof ImgferryError) return cause;
    return new ImgferryError(`the module of ${this.#entry} could not be loaded: ${cause instanceof Error ? cause.message : cause}`, {
      code: "module.load",
      hint:
        "the .wasm file of this version must arrive whole, and a content security policy allow 'wasm-unsafe-eval'; " +
        "where bundlers leave it out, import imgferry/inline; where nothing may be compiled, initSync of imgferry/slim",
      hintZh: "须为同版本 .wasm，CSP 须允许 'wasm-unsafe-eval'；未打包请导入 imgferry/inline；禁止编译请用 imgferry/slim 的 initSync",
      cause,
    });
  }

  /** Calls into the module; what it throws becomes a real error. */
  call<T>(use: (glue: G) => T, _isSilent?: boolean): T {
    this.initSync();
    try {
      return use(this.#glue);
    } catch (thrown) {
      if (thrown instanceof WebAssembly.RuntimeError || thrown instanceof RangeError) {
        this.#glue.__wbg_reset_state();
        this.#instance++;
        throw new ImgferryError("the module ran out of memory or met a defect and was started anew", {
          code: "module.trap",
          hint: "restore open jobs from their journals; smaller input may help",
          hintZh: "请从日志恢复作业；可减小输入",
          cause: thrown,
        });
      }
      throw thrown instanceof ImgferryError ? thrown : this.#errorOf(thrown);
    }
  }
}

/** One to a module that tells of rules and error codes: it is given their texts. */
export class TextBridge<G extends Glue> extends Bridge<G> {
  readonly #texts: [language: Language, text: Text][] = [];
  /** How many of them that instance has been told. */
  #told = 0;
  #toldTo = 0;

  /** Has these texts for the module, and for every instance that takes its place: given when something first tells of them. */
  addTexts(language: Language, texts: readonly Text[]): void {
    this.#texts.push(...texts.map((text): [Language, Text] => [language, text]));
  }

  /**
   * What is silent tells of texts only where it throws, and leaves no trace then: the texts are given, and it is called
   * once more.
   */
  override call<T>(use: (glue: G) => T, isSilent = false): T {
    if (this.#toldTo !== this.instance) [this.#toldTo, this.#told] = [this.instance, 0];
    if (isSilent && this.#told < this.#texts.length) {
      try {
        return super.call(use);
      } catch (error) {
        if ((error as ImgferryError).code === "module.trap") throw error;
      }
    }
    return super.call((glue) => {
      while (this.#told < this.#texts.length) {
        const [language, text] = this.#texts[this.#told++]!;
        glue.loadTexts!(language === "zh", typeof text === "string" ? text : text());
      }
      return use(glue);
    });
  }
}

/** A module compiled without holding up the page, and while it arrives where it is fetched. */
async function compiled(source: unknown): Promise<unknown> {
  const isPlace = typeof source === "string" || source instanceof URL || (typeof Request !== "undefined" && source instanceof Request);
  const from = isPlace ? await fetch(source) : source;
  if (isModule(from)) return from;
  // Not every runtime knows requests and answers: jsdom under Jest does not.
  if (typeof Response === "undefined" || !(from instanceof Response)) return WebAssembly.compile(from as BufferSource);
  const isWasm = from.headers.get("content-type") === "application/wasm";
  return isWasm || !from.ok ? WebAssembly.compileStreaming(from) : WebAssembly.compile(await from.arrayBuffer());
}

/** Far beyond any field, any body or plan, and any journal; far below what memory bears. In UTF-16 units. */
const LARGEST_TEXT = 2 ** 24;
export const LARGEST_RECORD = 2 ** 26;
export const LARGEST_JOURNAL = 2 ** 28;

/** A record as text. What JSON would silently change or drop is refused with its name. */
export function record(value: unknown, name = "input"): string {
  return within(reading(name, () => json(value, name)) ?? "null", name, LARGEST_RECORD);
}

/** Reads what the caller gave: what its own getters, proxies and iterators throw is told as misuse. */
export function reading<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof ImgferryError) throw cause;
    throw misuse(name, `cannot be read: ${cause instanceof Error ? cause.message : typeof cause}`, cause);
  }
}

/** Deepest nesting taken: far beyond any API, far below what a stack bears. */
const DEPTH = 64;

/** How a value is looked at, and what is left for the rest of it, in characters: a few references to references would fill any memory. */
interface Look {
  readonly name: string;
  readonly isStrict: boolean;
  left: number;
}

function json(value: unknown, name: string): string | undefined {
  look(value, "input", 0, { name, isStrict: false, left: LARGEST_RECORD });
  const text = JSON.stringify(value);
  // How JSON writes a lone surrogate, unless a text has a backslash and these letters.
  if (text?.includes("\\ud")) look(value, "input", 0, { name, isStrict: true, left: LARGEST_RECORD });
  return text;
}

/** Refuses what JSON would silently change or drop; lone surrogates only where it is strict, since to look for them costs as much as all the rest. */
function look(value: unknown, key: string, depth: number, how: Look): void {
  // What a value costs beyond its text.
  how.left -= 16 + (typeof value === "string" ? value.length : 0);
  if (how.left < 0) throw misuse(how.name, `is too large: more than ${LARGEST_RECORD} characters`);
  switch (typeof value) {
    case "string":
      if (how.isStrict) wellFormed(value, key);
      break;
    case "number":
      if (!Number.isFinite(value)) throw misuse(key, "is not a finite number");
      break;
    case "bigint":
      throw misuse(key, "is a bigint; give a number");
    case "function":
    case "symbol":
      throw misuse(key, `is a ${typeof value}, which cannot be JSON`);
    case "object":
      if (value === null) break;
      if (depth > DEPTH) throw misuse(how.name, "is nested too deeply, or holds itself");
      if (value instanceof Map || value instanceof Set || ArrayBuffer.isView(value)) throw misuse(key, "must be a plain object or array");
      if (typeof (value as { toJSON?: unknown }).toJSON === "function") return look((value as Date).toJSON(key), key, depth + 1, how);
      if (Array.isArray(value)) {
        for (const item of value) look(item, key, depth + 1, how);
        break;
      }
      for (const field of Object.keys(value)) {
        if (how.isStrict) wellFormed(field, "a name");
        look((value as Record<string, unknown>)[field], field || "input", depth + 1, how);
      }
  }
}

/** A text that is given as such. */
export function text(value: unknown, name: string, most = LARGEST_TEXT): string {
  if (typeof value !== "string") throw misuse(name, "must be a string");
  return wellFormed(within(value, name, most), name);
}

/** A whole number of milliseconds, or any other count. */
export function whole(value: unknown, name: string): number {
  if (!Number.isSafeInteger(value)) throw misuse(name, "must be a whole number");
  return value as number;
}

function wellFormed(value: string, name: string): string {
  // The pattern that knows of pairs costs as much as a signature to make.
  if (/[\ud800-\udfff]/.test(value) && /\p{Surrogate}/u.test(value)) throw misuse(name, "holds a lone surrogate, which cannot be UTF-8");
  return value;
}

function within(value: string, name: string, most: number): string {
  if (value.length > most) throw misuse(name, `is too long: ${value.length} of at most ${most} characters`);
  return value;
}

/** That what is called so is wrong, and how. */
export function misuse(name: string, what: string, cause?: unknown): ImgferryError {
  return new ImgferryError(`${name} ${what}`, { code: name, hint: "correct this value", hintZh: "请修正该值", cause });
}

/** A record with a body, and the body apart when it is bytes. Null-prototype and class instances will do. */
export function withBody<T extends { headers?: Headers; body?: Body }>(given: T, name: string): [Record<string, unknown>, Uint8Array | undefined] {
  if (typeof given !== "object" || given === null) throw misuse(name, "must be an object");
  return reading(name, () => {
    const headers = pairs(given.headers, `${name}.headers`);
    if (!(given.body instanceof Uint8Array)) return [{ ...given, headers }, undefined];
    if (given.body.length > LARGEST_RECORD) throw misuse(`${name}.body`, "is too long");
    // Throws when its buffer was transferred away.
    given.body.at(0);
    return [{ ...given, headers, body: undefined }, given.body];
  });
}

/** Headers as pairs, from an object, pairs, a Map or a `Headers`. */
export function pairs(headers: Headers | undefined, name: string): HeaderPairs | undefined {
  if (headers === undefined || headers === null) return undefined;
  if (typeof headers !== "object") throw misuse(name, "must be an object or pairs of name and value, all of them strings");
  if (!(Symbol.iterator in headers)) return Object.entries(headers);
  const all: HeaderPairs = [];
  for (const pair of headers) {
    if (all.push(pair as [string, string]) > MOST_HEADERS) throw misuse(name, `are more than ${MOST_HEADERS}`);
  }
  return all;
}

/** More than any server takes; an iterator may never end. */
const MOST_HEADERS = 10_000;

/** A value of JSON text, with whole numbers that no number of JavaScript holds exactly as BigInt. */
export function exact(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  const marked: string[] = [];
  let from = 0;
  for (let found; (found = NEXT.exec(text)); ) {
    const [token] = found;
    if (token === '"') {
      NEXT.lastIndex = endOfText(text, NEXT.lastIndex);
    } else if (WHOLE.test(token) && !Number.isSafeInteger(Number(token))) {
      marked.push(text.slice(from, found.index), `"${MARK}${token}"`);
      from = NEXT.lastIndex;
    }
  }
  marked.push(text.slice(from));
  return JSON.parse(marked.join(""), (_, value) => (typeof value === "string" && value.startsWith(MARK) ? BigInt(value.slice(1)) : value));
}

/** Behind the quotation mark that ends the text. A pattern for all of it would overflow the stack where texts are long. */
function endOfText(json: string, at: number): number {
  for (;;) {
    const end = json.indexOf('"', at);
    let first = end;
    while (json[first - 1] === "\\") first--;
    if ((end - first) % 2 === 0) return end + 1;
    at = end + 1;
  }
}

/** What may be such a number, or digits within a text. */
const LONG_NUMBER = /[[:,\s]-?\d{16}/;
/** Where a text begins, or a number. */
const NEXT = /"|-?\d[\d.eE+-]*/g;
const WHOLE = /^-?\d+$/;
/** Begins no text of an answer: it could not be UTF-8. */
const MARK = "\udfff";

const NAMED = new Map<string, string>();

/** A name as JavaScript writes it. Made once: there are a few dozen, and a listing has them a hundred thousand times. */
function named(key: string): string {
  let name = NAMED.get(key);
  if (name === undefined) {
    name = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (NAMED.size < 1000) NAMED.set(key, name);
  }
  return name;
}

/** Our own records with the names of JavaScript: `image_id` becomes `imageId`. */
export function camel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [named(key), camel(item)]));
}
