/// <reference lib="esnext.disposable" preserve="true" />
import { type AskingGlue } from "./ask.js";
import { Bridge } from "./bridge.js";
import { type KeepingGlue } from "./handle.js";
import type { Operations } from "./params/index.js";
import { type SigningGlue } from "./signing.js";
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
export declare function signers(bridge: Bridge<SignerGlue>): SignerConstructor;
