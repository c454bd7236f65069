import { Border, type Glue, camel, misuse, record, whole, withBody } from "./border.js";
import { Refused } from "./error.js";
import type { Cloud, Credentials, Expect, Identity, Prepared, Received, SignOptions, Signed, ToSign, Verified } from "./types.js";

/** What level 1 needs of the module. */
export interface SigningGlue extends Glue {
  sign(input: string, body?: Uint8Array | null): string;
  prepare(input: string, body?: Uint8Array | null): string;
  finish(input: string, body: Uint8Array | null | undefined, credentials: string): string;
}

/** Level 1: sign any request of the three schemes. */
export interface Signing {
  /**
   * Signs a request of the scheme of a cloud.
   * @throws {ImgferryError} of kind `misuse` with a code such as `sign.url` that names the field.
   */
  sign(cloud: Cloud, request: ToSign, credentials: Credentials, options?: SignOptions): Signed;
  /** Everything of a signature that needs no secret: `sign` without the key, for `finish` elsewhere. */
  prepare(cloud: Cloud, request: ToSign, identity: Identity, options?: SignOptions): Prepared;
  /**
   * Adds the secret's part to what `prepare` made. It is prepared anew from what it was made of, so a record that was
   * altered on the way is refused: what is signed is what it says.
   */
  finish(prepared: Prepared, credentials: Credentials): Signed;
}

export function signing(border: Border<SigningGlue>): Signing {
  const prepare = (from: Prepared["from"]): Omit<Prepared, "from"> => {
    const [request, body] = withBody(from.request, "request");
    return JSON.parse(border.call((glue) => glue.prepare(record({ ...from, request }), body)));
  };
  return {
    sign(cloud, given, credentials, options) {
      const [request, body] = withBody(given, "request");
      return JSON.parse(border.call((glue) => glue.sign(record({ cloud, request, credentials, options }), body)));
    },
    prepare(cloud, request, identity, options = {}) {
      const from = { cloud, request: { ...request }, identity, options };
      return { from, ...prepare(from) };
    },
    finish(prepared, credentials) {
      if (typeof prepared !== "object" || prepared === null || typeof prepared.from !== "object" || prepared.from === null) {
        throw misuse("prepared", "prepared must be what prepare made");
      }
      const { from, ...made } = prepared;
      for (const [name, value] of Object.entries(prepare(from))) {
        if (JSON.stringify(value) !== JSON.stringify(made[name as keyof typeof made])) {
          throw misuse(`prepared.${name}`, `prepared.${name} is not what was prepared`);
        }
      }
      const { cloud, identity, options } = from;
      const [request, body] = withBody(from.request, "request");
      return JSON.parse(border.call((glue) => glue.finish(record({ cloud, request, identity, options }), body, record({ credentials }))));
    },
  };
}

/** What verifying needs of the module. */
export interface VerifyingGlue extends Glue {
  verify(input: string, body?: Uint8Array | null): string;
}

/** The other side of level 1. */
export interface Verifying {
  /**
   * Verifies the signature of a request as the cloud does. `keys` finds the credentials of an access key id.
   * @throws {Refused} with the reason when the signature is not good.
   */
  verify(cloud: Cloud, request: Received, keys: (id: string) => Credentials | null | undefined, nowMs: number, expect?: Expect): Verified;
}

type Verdict = { verified: unknown } | { refused: { message: string; reason: string; canonicalRequest: string | null; signedAtMs: number | null; id: string | null } };

export function verifying(border: Border<VerifyingGlue>): Verifying {
  return {
    verify(cloud, received, keys, nowMs, expect) {
      if (typeof keys !== "function") throw misuse("keys", "keys must be a function that finds credentials by access key id");
      whole(nowMs, "nowMs");
      const [request, body] = withBody(received, "request");
      const ask = (key?: Credentials | null) =>
        camel(JSON.parse(border.call((glue) => glue.verify(record({ cloud, request, key, nowMs, expect }), body)))) as Verdict;
      // Nothing calls back out of the module: it names the id, and is asked again with the key.
      let verdict = ask();
      if ("refused" in verdict && verdict.refused.reason === "unknown_key" && verdict.refused.id !== null) {
        const key = keys(verdict.refused.id);
        verdict = key ? ask(key) : verdict;
      }
      if ("refused" in verdict) throw new Refused(verdict.refused.message, verdict.refused);
      return verdict.verified as Verified;
    },
  };
}
