import { Border, type Glue, LARGEST_RECORD, camel, misuse, pairs, reading, record, text, whole, withBody } from "./border.js";
import { ImgferryError, Refused } from "./error.js";
import type { Autopsy, Cloud, Credentials, Expect, Identity, Kind, Prepared, Received, SignOptions, Signed, ToSign, Verified } from "./types.js";

/** What level 1 needs of the module. */
export interface SigningGlue extends Glue {
  /** Takes fields and gives texts, packed both. */
  sign(input: Uint8Array): Uint8Array;
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

export function signing(border: Border<SigningGlue>): Signing {
  const ask = (from: Omit<Prepared["from"], "identity">, ...keys: string[]): Signed =>
    signed(from, keys, (input) => border.call((glue) => glue.sign(input)));
  const prepare = (from: Prepared["from"]): Omit<Prepared, "from"> => {
    const { signature: _, authorization: __, ...prepared } = ask(from, ...identityOf(from.identity));
    return prepared;
  };
  return {
    sign: (cloud, request, credentials, options) => reading("request", () => ask({ cloud, request, options: options! }, ...keyOf(credentials))),
    prepare: (cloud, request, identity, options = {}) =>
      reading("request", () => {
        // Headers may be an iterator or a class: as pairs they survive being sent elsewhere.
        const from = { cloud, request: { ...request, headers: pairs(request?.headers, "request.headers") }, identity, options };
        return { from, ...prepare(from) };
      }),
    finish: (prepared, credentials) =>
      reading("prepared", () => {
        const { from: given, ...made } = fields(prepared, "prepared");
        const from = fields(given, "prepared.from") as unknown as Prepared["from"];
        for (const [name, value] of Object.entries(prepare(from))) {
          if (JSON.stringify(value) !== JSON.stringify(made[name])) throw misuse(`prepared.${name}`, `prepared.${name} is not what was prepared`);
        }
        return ask(from, ...identityOf(from.identity), ...keyOf(credentials));
      }),
  };
}

/** Has a request signed by what takes fields and gives texts. */
export function signed({ cloud, request, options }: Omit<Prepared["from"], "identity">, keys: string[], sign: (input: Uint8Array) => Uint8Array): Signed {
  const [given, body] = requestOf(cloud, request);
  given.push(...optionsOf(options), ...keys);
  const texts = new TextDecoder().decode(sign(packed(given, body))).split("\0");
  const [url, signedHeaders, canonicalRequest, stringToSign, signature, authorization, ...rest] = texts;
  if (url === "") {
    const [, kind, code, message, hint, hintZh] = texts;
    throw new ImgferryError(message!, { kind: kind as Kind, code, hint, hintZh });
  }
  const headers = Array.from({ length: rest.length / 2 }, (_, index) => rest.slice(2 * index, 2 * index + 2));
  return { url, headers, signedHeaders, canonicalRequest, stringToSign, signature, authorization } as unknown as Signed;
}

/** Fields in one piece: each ends with a byte that no text holds, the body follows an empty one. */
function packed(given: string[], body: Uint8Array): Uint8Array {
  const parts = [...given, ""].map((field) => new TextEncoder().encode(field));
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length + 1, body.length)).fill(0xff);
  let at = 0;
  for (const part of [...parts, body]) {
    all.set(part, at);
    at += part.length + 1;
  }
  return all;
}

/** The fields of a request, each as the letter by which the module knows it and its text; and the body. */
function requestOf(cloud: unknown, given: ToSign): [string[], Uint8Array] {
  const { method, url, headers, body, timeMs, region, service } = fields(given, "request", "method url headers body timeMs region service");
  const lines = (pairs(headers as ToSign["headers"], "request.headers") ?? []).flatMap((pair) => {
    const isPair = Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === "string");
    if (!isPair) throw misuse("request.headers", "request.headers must be an object or pairs of name and value, all of them strings");
    const [name, value] = pair;
    return [`n${text(name, "request.headers")}`, `v${text(value, `request.headers.${name}`)}`];
  });
  const bytes = body instanceof Uint8Array ? body : new TextEncoder().encode(text(body ?? "", "request.body", LARGEST_RECORD));
  if (bytes.length > LARGEST_RECORD) throw misuse("request.body", "request.body is too long");
  const texts = [
    `c${text(cloud, "cloud")}`,
    `m${text(method, "request.method")}`,
    `u${text(url, "request.url")}`,
    `t${whole(timeMs, "request.timeMs")}`,
    `r${text(region ?? "", "request.region")}`,
    `s${text(service ?? "", "request.service")}`,
  ];
  return [texts.concat(lines), bytes];
}

function optionsOf(given: SignOptions | undefined): string[] {
  const options = fields(given ?? {}, "options", "signedHeaders unsignedPayload presign expiresS derived");
  const made: string[] = [];
  for (const [letter, name] of Object.entries({ U: "unsignedPayload", P: "presign", D: "derived" })) {
    if (typeof (options[name] ?? false) !== "boolean") throw misuse(`options.${name}`, `options.${name} must be true or false`);
    if (options[name]) made.push(letter);
  }
  const names = options.signedHeaders ?? undefined;
  if (names !== undefined) {
    if (!Array.isArray(names)) throw misuse("options.signedHeaders", "options.signedHeaders must be an array of strings");
    made.push(`H${names.map((name) => text(name, "options.signedHeaders")).join(";")}`);
  }
  const seconds = options.expiresS ?? undefined;
  if (seconds !== undefined) {
    if (whole(seconds, "options.expiresS") !== (seconds as number) >>> 0) throw misuse("options.expiresS", "options.expiresS must be from 0 to 4294967295");
    made.push(`E${seconds}`);
  }
  return made;
}

function keyOf(given: Credentials): string[] {
  const { secret, ...identity } = fields(given, "credentials", "id secret token");
  return [...named(identity, "credentials", "I", "K"), `S${text(secret, "credentials.secret")}`];
}

/** For whom a request is prepared. */
function identityOf(given: unknown): string[] {
  return named(fields(given, "identity", "id token"), "identity", "i", "k");
}

function named({ id, token }: Record<string, unknown>, of: string, idLetter: string, tokenLetter: string): string[] {
  const made = [`${idLetter}${text(id, `${of}.id`)}`];
  return token === undefined || token === null ? made : [...made, `${tokenLetter}${text(token, `${of}.token`)}`];
}

/** The fields of a record; a name misspelt must not go unnoticed. */
function fields(given: unknown, name: string, known?: string): Record<string, unknown> {
  if (typeof given !== "object" || given === null) throw misuse(name, `${name} must be an object`);
  for (const key of known === undefined ? [] : Object.keys(given)) {
    if (!known!.split(" ").includes(key)) throw misuse(`${name}.${key}`, `there is no field ${name}.${key}`);
  }
  return given as Record<string, unknown>;
}

/** What verifying needs of the module. */
export interface VerifyingGlue extends Glue {
  verify(input: string, body?: Uint8Array | null): string;
  autopsy(ours: string, theirs: string): string;
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
  autopsy(canonicalRequest: string, answer?: string): Autopsy;
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
    autopsy(canonicalRequest, answer = "") {
      return camel(JSON.parse(border.call((glue) => glue.autopsy(text(canonicalRequest, "canonicalRequest"), text(answer, "answer"))))) as Autopsy;
    },
  };
}
