// The signing vectors as calls of `sign`: one for every recording, with what it must give.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const PINNED = { canonical_request: "canonicalRequest", string_to_sign: "stringToSign", signature: "signature", authorization: "authorization", signed_headers: "signedHeaders" };

/** Recordings that imgferry does not reproduce, and why. */
export const UNMET = {
  "volcengine/pub-012/js_sdk_core_client": "keeps the default port in the canonical host; the vendor's Python and Go signers drop it",
  "volcengine/pub-p03/volcengine_legacy": "signs the token in the query; the vendor's newer Python signer and its Go signer do not",
  ...Object.fromEntries(
    [1, 2, 3, 4].map((number) => [`volcengine/pub-p0${number}/js_openapi_signer`, "leaves X-SignedQueries out of the canonical query; all other signers keep it"]),
  ),
};

/** Every recording: `{ id, cloud, request, credentials, options, expected }`. */
export function vectors() {
  return [...tencent(), ...volcengine(), ...huawei()];
}

function tencent() {
  return load("tencent").cases.map(({ id, input, expected }) => ({
    id: `tencent/${id}`,
    cloud: "tencent",
    request: {
      method: input.method,
      url: `https://${input.host}${expected.request_target}`,
      // The date and the token are left out: they must be added.
      headers: without(expected.headers, "authorization", "x-tc-timestamp", "x-tc-token"),
      body: expected.body ?? "",
      timeMs: input.timestamp * 1000,
      region: input.region ?? undefined,
      service: input.service,
    },
    credentials: { id: input.secret_id, secret: input.secret_key, token: input.token },
    options: { signedHeaders: expected.signed_headers.split(";"), unsignedPayload: input.unsigned_payload },
    expected: pick(expected),
  }));
}

function volcengine() {
  const { cases, published_examples } = load("volcengine");
  return [...cases, ...published_examples].flatMap(({ id, input, kind, expected: recordings }) => {
    const presign = kind === "presign";
    return Object.entries(recordings)
      .filter(([, expected]) => "canonical_request" in expected)
      .map(([recorder, expected]) => ({
        id: `volcengine/${id}/${recorder}`,
        cloud: "volcengine",
        request: {
          method: input.method,
          url: `${input.scheme ?? "https"}://${input.host}${input.path}?${presign ? query(input) : expected.canonical_query}`,
          headers: without(expected.headers ?? {}, "authorization", "x-date", "x-content-sha256", "x-security-token"),
          body: expected.body ?? "",
          timeMs: Date.parse(input.timestamp.replace(/(....)(..)(..)T(..)(..)(..)Z/, "$1-$2-$3T$4:$5:$6Z")),
          region: input.region,
          service: input.service,
        },
        credentials: { id: input.access_key, secret: input.secret_key, token: input.token },
        options: { presign, signedHeaders: signed(expected) },
        expected: pick(expected),
      }));
  });
}

function huawei() {
  return load("huawei").vectors.map(({ id, input, algorithm, expected }) => {
    const text = input.query.map(([key, value]) => `${strict(key)}=${strict(value)}`).join("&");
    const headers = { ...input.headers };
    for (const [name, value] of [["X-Project-Id", input.project_id], ["X-Domain-Id", input.domain_id]]) {
      if (value && expected.signed_headers.split(";").includes(name.toLowerCase())) headers[name] ??= value;
    }
    return {
      id: `huawei/${id}`,
      cloud: "huawei",
      request: {
        method: input.method,
        url: `${input.scheme}://${input.host}${input.path}${text ? "?" : ""}${text}`,
        headers,
        body: input.body ?? "",
        timeMs: input.timestamp_unix * 1000,
        region: input.region,
        service: input.derived_service || "ims",
      },
      credentials: { id: input.ak, secret: input.sk, token: input.security_token },
      options: { signedHeaders: expected.signed_headers.split(";"), unsignedPayload: expected.payload_hash === "UNSIGNED-PAYLOAD", derived: algorithm.startsWith("V11") },
      expected: pick(expected),
    };
  });
}

function load(cloud) {
  return JSON.parse(readFileSync(join(import.meta.dirname, "../vectors", `${cloud}.json`), "utf8"));
}

function without(headers, ...names) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase())));
}

/** The expected intermediates, under the names of JavaScript. */
function pick(expected) {
  return Object.fromEntries(Object.entries(PINNED).flatMap(([name, ours]) => (expected[name] == null ? [] : [[ours, expected[name]]])));
}

/** The signed headers of a recording; a presigned one tells them on the last line but one of its canonical request. */
function signed(expected) {
  return (expected.signed_headers ?? expected.canonical_request.split("\n").at(-2)).split(";").filter(Boolean);
}

function query({ flat_params, action, version }) {
  return [...flat_params, ["Action", action], ["Version", version]].map(([key, value]) => `${strict(key)}=${strict(value)}`).join("&");
}

function strict(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
