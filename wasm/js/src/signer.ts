/// <reference lib="esnext.disposable" preserve="true" />
import { type AskingGlue, asked, told } from "./ask.js";
import { Bridge, reading, record, text, whole } from "./bridge.js";
import { type Handle, type Kept, type KeepingGlue, keep } from "./handle.js";
import { requestOf } from "./operations.js";
import type { Operations } from "./params/index.js";
import { type SigningGlue, signed } from "./signing.js";
import type { At, Cloud, Credentials, Request, SignOptions, Signed, ToSign } from "./types.js";

/** What signers need of the module, where each has a number. */
export interface SignerGlue extends SigningGlue, AskingGlue, KeepingGlue {
  request(signer: number, input: string, timeMs: number): string;
}

/** An access key of a cloud that signs many requests: the keys derived from it are kept, since each is good for a day. */
export interface Signer<C extends Cloud = Cloud> {
  /** Signs any request, as the function `sign` does. */
  sign(request: ToSign, options?: SignOptions): Signed;
  /**
   * Checks, builds and signs the request of an operation for this moment, as the function `request` does.
   * @throws {ImgferryError} with all findings in `problems` when a rule of severity error is broken.
   */
  request<O extends keyof Operations[C] & string>(operation: O, params: Operations[C][O], at: At, timeMs: number): Request;
  /** Wipes the key and gives its memory back. */
  free(): void;
  [Symbol.dispose](): void;
}

export interface SignerConstructor<K extends Cloud = Cloud> {
  /** Takes an access key. It goes into the module, stays there until `free`, and is never shown. */
  new <C extends K>(cloud: C, credentials: Credentials): Signer<C>;
}

/**
 * Names and texts by turns, each with NUL behind it: half the work of JSON on both sides. Nothing where there is anything else, or more,
 * than short texts that are surely UTF-8.
 */
const texts = (given: unknown, name: string): string | undefined =>
  reading(name, () => {
    if (Object.getPrototypeOf(given ?? 0) !== Object.prototype) return;
    let all = "";
    for (const field of Object.keys(given as object)) {
      const value = (given as Record<string, unknown>)[field];
      if (typeof value !== "string" || value.includes("\0") || field.includes("\0")) return;
      all += `${field}\0${value}\0`;
    }
    return all.length > 10_000 || /[\ud800-\udfff]/.test(all) ? undefined : all;
  });

export function signers(bridge: Bridge<SignerGlue>): SignerConstructor {
  return class KeptKey<C extends Cloud> implements Signer<C> {
    static readonly name = "Signer";
    readonly #handle: Handle<Kept, SignerGlue>;
    readonly #cloud: C;
    /** Where the last request went, as texts and as its record: most go where the one before went. */
    #place: string | undefined;
    #record!: string;

    constructor(cloud: C, credentials: Credentials) {
      this.#cloud = cloud;
      this.#handle = keep(bridge, "signer", ["make another of its credentials", "请用其凭证重新创建"], (number) => {
        asked(bridge, "signer", { cloud, credentials, number }, undefined, true);
      });
    }

    sign(request: ToSign, options?: SignOptions): Signed {
      return reading("request", () => signed({ cloud: this.#cloud, request, options: options! }, ["", "", "", "", ""], (use) => this.#use(use)));
    }

    request<O extends keyof Operations[C] & string>(operation: O, params: Operations[C][O], at: At, timeMs: number): Request {
      whole(timeMs, "timeMs");
      const place = texts(at, "at");
      if (!place || place !== this.#place) this.#record = record(at);
      this.#place = place;
      const input = `${text(operation, "operation")}\0${this.#record}\0${texts(params, "params") || record(params)}`;
      return requestOf(this.#use((glue, signer) => told(glue.request(signer, input, timeMs))));
    }

    #use<T>(use: (glue: SignerGlue, signer: number) => T): T {
      return this.#handle.use(({ number }, glue) => use(glue, number), true);
    }

    free(): void {
      this.#handle.free();
    }

    [Symbol.dispose](): void {
      this.free();
    }
  };
}
