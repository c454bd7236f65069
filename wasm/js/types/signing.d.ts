import { type AskingGlue } from "./ask.js";
import { Bridge, type Glue } from "./bridge.js";
import type { Diagnosis, Cloud, Credentials, Expect, Identity, Prepared, Received, SignOptions, Signed, ToSign, Verified } from "./types.js";
/** What level 1 needs of the module. */
export interface SigningGlue extends Glue {
    /** Takes texts packed with the body behind them, where that begins, the time, the sum of ways, the validity, negative for none, and the number of a signer, or 0. Gives packed texts. */
    sign(input: Uint8Array, bodyAt: number, timeMs: number, ways: number, expiresS: number, signer: number): Uint8Array;
}
/** Level 1: sign any request of the three schemes. */
export interface Signing {
    /**
     * Signs a request of the scheme of a cloud.
     * @throws {ImgferryError} of kind `misuse` with a code such as `sign.url` that names the field.
     */
    sign(cloud: Cloud, request: ToSign, credentials: Credentials, options?: SignOptions): Signed;
    /**
     * Everything of a signature that needs no secret: `sign` without the key, for `finish` elsewhere. The least that Tencent
     * needs leaves action and region unsigned: where others send the request, list them in `signedHeaders`.
     */
    prepare(cloud: Cloud, request: ToSign, identity: Identity, options?: SignOptions): Prepared;
    /**
     * Adds the secret's part to what `prepare` made. It is prepared anew from what it was made of, so a record that was
     * altered on the way is refused: what is signed is what it says.
     */
    finish(prepared: Prepared, credentials: Credentials): Signed;
}
/** Each function is made by itself, so that bundlers leave out those that nobody imports. */
export declare function signing(bridge: Bridge<SigningGlue>): Signing["sign"];
export declare function preparing(bridge: Bridge<SigningGlue>): Signing["prepare"];
export declare function finishing(bridge: Bridge<SigningGlue>): Signing["finish"];
/** Has a request signed by the module, or by a signer in it; `call` lends them, once more where it refuses and has not all texts. */
export declare function signed({ cloud, request, options }: Omit<Prepared["from"], "identity">, who: string[], call: (use: (glue: SigningGlue, signer?: number) => string[]) => string[]): Signed;
/** The other side of level 1. */
export interface Verifying {
    /**
     * Verifies the signature of a request as the cloud does. `keys` finds the credentials of an access key id.
     * @throws {Refused} with the reason when the signature is not good.
     */
    verify(cloud: Cloud, request: Received, keys: (id: string) => Credentials | null | undefined, nowMs: number, expect?: Expect): Verified;
    /**
     * Says why a cloud refused a signature: the `canonicalRequest` of {@link Signed} beside the text of the cloud's answer,
     * which often holds the one that it computed.
     */
    diagnose(canonicalRequest: string, answer?: string): Diagnosis;
}
export declare function verifying(bridge: Bridge<AskingGlue>): Verifying;
