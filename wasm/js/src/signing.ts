import { type AskingGlue, asked } from "./ask.js";
import { Bridge, type Glue, LARGEST_RECORD, camel, misuse, pairs, reading, text, whole, withBody } from "./bridge.js";
import { ImgferryError, Refused } from "./error.js";
import { decoded, encoder } from "./runtime.js";
import type { Diagnosis, Cloud, Credentials, Expect, Identity, Kind, Prepared, Received, SignOptions, Signed, ToSign, Verified } from "./types.js";

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
export function signing(bridge: Bridge<SigningGlue>): Signing["sign"] {
  return (cloud, request, credentials, options) => reading("request", () => ask(bridge, { cloud, request, options: options! }, ["", "", ...keyOf(credentials)]));
}

export function preparing(bridge: Bridge<SigningGlue>): Signing["prepare"] {
  return (cloud, request, identity, options = {}) =>
    reading("request", () => {
      // Headers may be an iterator or a class: as pairs they survive being sent elsewhere.
      const from = { cloud, request: { ...request, headers: pairs(request?.headers, "request.headers") }, identity, options };
      return { from, ...prepared(bridge, from) };
    });
}

export function finishing(bridge: Bridge<SigningGlue>): Signing["finish"] {
  return (given, credentials) =>
    reading("prepared", () => {
      const { from: whole, ...made } = fields(given, "prepared");
      const from = fields(whole, "prepared.from") as unknown as Prepared["from"];
      for (const [name, value] of Object.entries(prepared(bridge, from))) {
        if (JSON.stringify(value) !== JSON.stringify(made[name])) throw misuse(`prepared.${name}`, "is not what was prepared");
      }
      return ask(bridge, from, [...identityOf(from.identity), ...keyOf(credentials)]);
    });
}

function ask(bridge: Bridge<SigningGlue>, from: Omit<Prepared["from"], "identity">, who: string[]): Signed {
  return signed(from, who, (use) => bridge.call(use, true));
}

function prepared(bridge: Bridge<SigningGlue>, from: Prepared["from"]): Omit<Prepared, "from"> {
  const { signature: _, authorization: __, ...made } = ask(bridge, from, [...identityOf(from.identity), "", "", ""]);
  return made;
}

/** Has a request signed by the module, or by a signer in it; `call` lends them, once more where it refuses and has not all texts. */
export function signed({ cloud, request, options }: Omit<Prepared["from"], "identity">, who: string[], call: (use: (glue: SigningGlue, signer?: number) => string[]) => string[]): Signed {
  const { method, url, headers, body, timeMs, region, service } = fields(request, "request", "method url headers body timeMs region service");
  const [signedHeaders, ways, expiresS] = waysOf(options);
  const texts = [
    text(cloud, "cloud"),
    text(method, "request.method"),
    text(url, "request.url"),
    text(region ?? "", "request.region"),
    text(service ?? "", "request.service"),
    ...who,
    signedHeaders,
    ...headersOf(headers),
  ];
  const time = whole(timeMs, "request.timeMs");
  const bytes = body instanceof Uint8Array ? body : encoder.encode(text(body ?? "", "request.body", LARGEST_RECORD));
  if (bytes.length > LARGEST_RECORD) throw misuse("request.body", "is too long");
  const input = packed(texts, bytes);
  const answer = call((glue, signer = 0) => answered(glue.sign(...input, time, ways, expiresS, signer)));
  const [made, names, canonicalRequest, stringToSign, signature, authorization, ...rest] = answer;
  const pairs = Array.from({ length: rest.length >> 1 }, (_, index) => rest.slice(2 * index, 2 * index + 2));
  return { url: made, headers: pairs, signedHeaders: names, canonicalRequest, stringToSign, signature, authorization } as unknown as Signed;
}

function answered(bytes: Uint8Array): string[] {
  const answer = decoded(bytes).split("\0");
  const [made, kind, code, message, hint, hintZh] = answer;
  // Nothing at all is a signer that is not held.
  if (made === "") throw kind && new ImgferryError(message!, { kind: kind as Kind, code, hint, hintZh });
  return answer;
}

/** Texts and the body in one piece, and where the body begins. Each text ends with a character that none of them holds, which stands first. */
function packed(texts: string[], body: Uint8Array): [input: Uint8Array, bodyAt: number] {
  // Nearly always NUL: where one of them holds it, the module says which.
  let code = 0;
  while (texts.some((text) => text.includes(String.fromCharCode(code)))) code++;
  const mark = String.fromCharCode(code);
  const joined = `${mark}${texts.join(mark)}${mark}`;
  const all = new Uint8Array(3 * joined.length + body.length);
  const { written } = encoder.encodeInto(joined, all);
  all.set(body, written);
  return [all.subarray(0, written + body.length), written];
}

function headersOf(given: unknown): string[] {
  return (pairs(given as ToSign["headers"], "request.headers") ?? []).flatMap((pair) => {
    const isPair = Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === "string");
    if (!isPair) throw misuse("request.headers", "must be an object or pairs of name and value, all of them strings");
    const [name, value] = pair;
    return [text(name, "request.headers"), text(value, `request.headers.${name}`)];
  });
}

/** The signed headers, each with a semicolon behind it, the sum of ways, and the validity. */
function waysOf(given: SignOptions | undefined): [names: string, ways: number, expiresS: number] {
  const { signedHeaders: names, expiresS: seconds, ...flags } = fields(given ?? {}, "options", "signedHeaders unsignedPayload presign expiresS derived");
  const ways = ["unsignedPayload", "presign", "derived"].reduce((sum, name, at) => {
    if (typeof (flags[name] ?? false) !== "boolean") throw misuse(`options.${name}`, "must be true or false");
    return sum + (flags[name] ? 1 << at : 0);
  }, 0);
  if (names != null && !Array.isArray(names)) throw misuse("options.signedHeaders", "must be an array of strings");
  if (seconds != null && whole(seconds, "options.expiresS") !== (seconds as number) >>> 0) throw misuse("options.expiresS", "must be from 0 to 4294967295");
  return [names == null ? "" : `=${names.map((name) => `${text(name, "options.signedHeaders")};`).join("")}`, ways, (seconds ?? -1) as number];
}

/** Id and token of the identity that something is prepared for. */
function identityOf(given: unknown): string[] {
  const { id, token } = fields(given, "identity", "id token");
  return [`=${text(id, "identity.id")}`, optional(token, "identity.token")];
}

/** Id, token and secret. */
function keyOf(given: Credentials): string[] {
  const { id, secret, token } = fields(given, "credentials", "id secret token");
  return [text(id, "credentials.id"), optional(token, "credentials.token"), `=${text(secret, "credentials.secret")}`];
}

/** A text that need not be there; where it is, it begins with an equals sign. */
function optional(value: unknown, name: string): string {
  return value == null ? "" : `=${text(value, name)}`;
}

/** The fields of a record; a name misspelt must not go unnoticed. */
function fields(given: unknown, name: string, known?: string): Record<string, unknown> {
  if (typeof given !== "object" || given === null) throw misuse(name, "must be an object");
  for (const key of known ? Object.keys(given) : []) {
    if (!known!.split(" ").includes(key)) throw misuse(`${name}.${key}`, "is no field");
  }
  return given as Record<string, unknown>;
}

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

type Verdict = { verified: unknown } | { refused: { message: string; reason: string; canonicalRequest: string | null; signedAtMs: number | null; id: string | null } };

export function verifying(bridge: Bridge<AskingGlue>): Verifying {
  return {
    verify(cloud, received, keys, nowMs, expect) {
      if (typeof keys !== "function") throw misuse("keys", "must be a function of key ids");
      whole(nowMs, "nowMs");
      const [request, body] = withBody(received, "request");
      const ask = (key?: Credentials | null) =>
        camel(JSON.parse(asked(bridge, "verify", { cloud, request, key, nowMs, expect }, body))) as Verdict;
      // Nothing calls back out of the module: it names the id, and is asked again with the key.
      let verdict = ask();
      if ("refused" in verdict && verdict.refused.reason === "unknown_key" && verdict.refused.id !== null) {
        const key = keys(verdict.refused.id);
        verdict = key ? ask(key) : verdict;
      }
      if ("refused" in verdict) throw new Refused(verdict.refused.message, verdict.refused);
      return verdict.verified as Verified;
    },
    diagnose(canonicalRequest, answer = "") {
      return camel(JSON.parse(asked(bridge, "diagnose", { canonicalRequest: text(canonicalRequest, "canonicalRequest"), answer: text(answer, "answer") }))) as Diagnosis;
    },
  };
}
