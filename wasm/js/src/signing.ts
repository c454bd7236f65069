import { Border, type Glue, LARGEST_RECORD, camel, misuse, pairs, record, text, whole, withBody } from "./border.js";
import { Refused } from "./error.js";
import type { Cloud, Credentials, Expect, HeaderPairs, Identity, Prepared, Received, SignOptions, Signed, ToSign, Verified } from "./types.js";

/** A request in the module. Its answers are texts joined by NUL. */
interface DraftHandle {
  set(signedHeaders: string | undefined, unsignedPayload: boolean, presign: boolean, expiresS: number | undefined, derived: boolean): void;
  sign(id: string, secret: string, token?: string | null): string;
  prepare(id: string, token?: string | null): string;
  finish(forId: string, forToken: string | null | undefined, id: string, secret: string, token?: string | null): string;
  free(): void;
}

/** What level 1 needs of the module. */
export interface SigningGlue extends Glue {
  Draft: {
    new (cloud: string, method: string, url: string, headers: string, body: Uint8Array, timeMs: number, region: string, service: string): DraftHandle;
  };
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
  const using = (cloud: unknown, request: ToSign, options: SignOptions | undefined, use: (draft: DraftHandle) => string): string[] => {
    const given = draft(cloud, request);
    const ways = optionsOf(options);
    return border.call((glue) => {
      const handle = new glue.Draft(...given);
      try {
        if (ways) handle.set(...ways);
        return use(handle);
      } finally {
        handle.free();
      }
    }).split("\0");
  };
  const prepare = ({ cloud, request, identity, options }: Prepared["from"]): Omit<Prepared, "from"> => {
    const { id, token } = identityOf(identity);
    return preparedOf(using(cloud, request, options, (handle) => handle.prepare(id, token)));
  };
  return {
    sign(cloud, request, credentials, options) {
      const { id, secret, token } = keyOf(credentials);
      return signedOf(using(cloud, request, options, (handle) => handle.sign(id, secret, token)));
    },
    prepare(cloud, request, identity, options = {}) {
      const from = { cloud, request: { ...request }, identity, options };
      return { from, ...prepare(from) };
    },
    finish(prepared, credentials) {
      const { from, ...made } = fields(prepared, "prepared");
      const { cloud, request, identity, options } = fields(from, "prepared.from") as unknown as Prepared["from"];
      for (const [name, value] of Object.entries(prepare({ cloud, request, identity, options }))) {
        if (JSON.stringify(value) !== JSON.stringify(made[name])) throw misuse(`prepared.${name}`, `prepared.${name} is not what was prepared`);
      }
      const { id, secret, token } = keyOf(credentials);
      return signedOf(using(cloud, request, options, (handle) => handle.finish(identity.id, identity.token, id, secret, token)));
    },
  };
}

function signedOf([url, signedHeaders, canonicalRequest, stringToSign, signature, authorization, ...headers]: string[]): Signed {
  return { url, headers: paired(headers), signedHeaders, canonicalRequest, stringToSign, signature, authorization } as Signed;
}

function preparedOf([url, signedHeaders, canonicalRequest, stringToSign, ...headers]: string[]): Omit<Prepared, "from"> {
  return { url, headers: paired(headers), signedHeaders, canonicalRequest, stringToSign } as Omit<Prepared, "from">;
}

function paired(flat: string[]): HeaderPairs {
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index]!, flat[2 * index + 1]!]);
}

function draft(cloud: unknown, given: ToSign): ConstructorParameters<SigningGlue["Draft"]> {
  const { method, url, headers, body, timeMs, region, service } = fields(given, "request", "method url headers body timeMs region service");
  const lines = (pairs(headers as ToSign["headers"], "request.headers") ?? []).map((pair) => {
    const isPair = Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === "string");
    if (!isPair) throw misuse("request.headers", "request.headers must be an object or pairs of name and value, all of them strings");
    const [name, value] = pair;
    // Each part ends with a line feed on its way; one within is refused as the module refuses all control characters.
    if (`${name}${value}`.includes("\n")) throw misuse("request.headers", `request.headers: ${JSON.stringify(name)} holds a line feed`);
    return `${text(name, "request.headers")}\n${text(value, `request.headers.${name}`)}\n`;
  });
  const bytes = body instanceof Uint8Array ? body : new TextEncoder().encode(text(body ?? "", "request.body"));
  if (bytes.length > LARGEST_RECORD) throw misuse("request.body", "request.body is too long");
  return [
    text(cloud, "cloud"),
    text(method, "request.method"),
    text(url, "request.url"),
    lines.join(""),
    bytes,
    whole(timeMs, "request.timeMs"),
    text(region ?? "", "request.region"),
    text(service ?? "", "request.service"),
  ];
}

function optionsOf(given: SignOptions | undefined): Parameters<DraftHandle["set"]> | undefined {
  if (given === undefined || given === null) return undefined;
  const { signedHeaders, unsignedPayload, presign, expiresS, derived } = fields(given, "options", "signedHeaders unsignedPayload presign expiresS derived");
  const flag = (value: unknown, name: string): boolean => {
    if (value !== undefined && value !== null && typeof value !== "boolean") throw misuse(`options.${name}`, `options.${name} must be true or false`);
    return value === true;
  };
  if (signedHeaders !== undefined && signedHeaders !== null && !Array.isArray(signedHeaders)) {
    throw misuse("options.signedHeaders", "options.signedHeaders must be an array of strings");
  }
  const seconds = expiresS === undefined || expiresS === null ? undefined : whole(expiresS, "options.expiresS");
  if (seconds !== undefined && seconds !== seconds >>> 0) throw misuse("options.expiresS", "options.expiresS must be from 0 to 4294967295");
  return [
    signedHeaders?.map((name: unknown) => text(name, "options.signedHeaders")).join(";"),
    flag(unsignedPayload, "unsignedPayload"),
    flag(presign, "presign"),
    seconds,
    flag(derived, "derived"),
  ];
}

function keyOf(given: Credentials): Credentials {
  const { id, secret, token } = fields(given, "credentials", "id secret token");
  return { ...identityOf({ id, token }, "credentials"), secret: text(secret, "credentials.secret") };
}

function identityOf(given: unknown, name = "identity"): Identity {
  const { id, token } = fields(given, name, "id token");
  return { id: text(id, `${name}.id`), token: token === null || token === undefined ? undefined : text(token, `${name}.token`) };
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
