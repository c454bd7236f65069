// Every recorded signature, on every intermediate: through both entries, in two halves, and back through `verify`.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as whole from "imgferry";
import * as small from "imgferry/sign";
import { UNMET, vectors } from "./vectors.mjs";

const VECTORS = vectors();
const MET = VECTORS.filter(({ id }) => !(id in UNMET));

test("unmet vectors are few and explained", () => {
  for (const [id, reason] of Object.entries(UNMET)) {
    console.log(`unmet: ${id}: ${reason}`);
    assert.ok(VECTORS.some((vector) => vector.id === id));
  }
  assert.equal(VECTORS.length, 317);
  assert.equal(MET.length, 311);
});

for (const [entry, { sign, prepare, finish }] of [["imgferry", whole], ["imgferry/sign", small]]) {
  for (const { id, cloud, request, credentials, options, expected } of MET) {
    test(`${entry} signs ${id} like the vendor`, () => {
      const signed = sign(cloud, request, credentials, options);
      for (const [name, value] of Object.entries(expected)) assert.equal(signed[name], value, name);
      const { secret: _, ...identity } = credentials;
      const prepared = prepare(cloud, request, identity, options);
      assert.equal(prepared.stringToSign, expected.stringToSign);
      assert.deepEqual(finish(JSON.parse(JSON.stringify(prepared)), credentials), signed);
    });
  }
}

test("what differs from a vendor differs only there", () => {
  for (const { id, cloud, request, credentials, options, expected } of VECTORS.filter(({ id }) => id in UNMET)) {
    const signed = whole.sign(cloud, request, credentials, options);
    assert.ok(Object.entries(expected).some(([name, value]) => signed[name] !== value), id);
  }
});

// One vector is signed at the epoch: no clock tells that time, and it is refused as one.
for (const { id, cloud, request, credentials, options } of MET.filter(({ request }) => request.timeMs > 0)) {
  test(`${id} verifies, and a changed byte does not`, () => {
    const own = { ...options, signedHeaders: undefined };
    const signed = whole.sign(cloud, request, credentials, own);
    const verdict = ({ body = request.body, host, lateMs = 0, key = credentials.id }) => {
      const headers = signed.headers.map(([name, value]) => [name, host && name.toLowerCase() === "host" ? host : value]);
      try {
        const received = { method: request.method, url: signed.url, headers, body };
        const verified = whole.verify(cloud, received, (id) => (id === key ? credentials : undefined), request.timeMs + lateMs);
        assert.equal(verified.id, credentials.id);
        return "ok";
      } catch (refused) {
        assert.ok(refused instanceof whole.Refused && refused instanceof whole.ImgferryError && refused.message, `${refused}`);
        assert.equal(refused.kind, "auth");
        return refused.reason;
      }
    };
    assert.equal(verdict({}), "ok");
    assert.equal(verdict({ lateMs: 86_400_000 }), "clock");
    assert.equal(verdict({ key: "AKIDEXAMPLEOTHER" }), "unknown_key");
    assert.equal(verdict({ host: "gateway.example.com" }), "signature");
    if (!own.unsignedPayload && !own.presign) assert.match(verdict({ body: `${request.body} ` }), /payload|signature/);
  });
}
