// A key that is kept signs as one that is given each time, is gone when it is freed, and is never shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { ImgferryError, Signer, operations, request, sign } from "imgferry";
import { UNMET, vectors } from "./vectors.mjs";

const NOW = 1_767_225_600_000;
const DAY = 86_400_000;
const KEY = { id: "AKIDEXAMPLE", secret: "EXAMPLE-SECRET-KEPT", token: "EXAMPLE-TOKEN-KEPT" };
const OTHER = { id: "AKIDEXAMPLEOTHER", secret: "EXAMPLE-SECRET-OTHER" };
const CALLS = {
  tencent: ["SyncImages", { ImageIds: ["img-o3ycss2p"], DestinationRegions: ["ap-shanghai"], ImageName: "金色 \"golden\"" }, { region: "ap-guangzhou" }],
  volcengine: ["CopyImage", { ImageId: "image-4431h3l7hl31a0example", DestinationRegion: "cn-shanghai", ImageName: "golden" }, { region: "cn-beijing" }],
  huawei: [
    "CopyImageCrossRegion",
    { image_id: "465076de-dc36-4aec-80f5-ef9d8009428f", name: "golden", region: "cn-south-1", project_name: "cn-south-1", agency_name: "ims_copy_image" },
    { region: "cn-north-4", projectId: "0123456789abcdef0123456789abcdef" },
  ],
};

for (const [cloud, [operation, params, at]] of Object.entries(CALLS)) {
  test(`${cloud}: a kept key signs as one that is given each time, on every day`, () => {
    const [signer, other] = [new Signer(cloud, KEY), new Signer(cloud, OTHER)];
    for (const timeMs of [NOW, NOW + 1000, NOW + DAY, NOW, NOW + 90 * DAY]) {
      assert.deepEqual(signer.request(operation, params, at, timeMs), request(cloud, operation, params, at, KEY, timeMs));
      assert.deepEqual(other.request(operation, params, at, timeMs), request(cloud, operation, params, at, OTHER, timeMs));
    }
    signer.free();
    assert.ok(other.request(operation, params, at, NOW).headers.some(([name]) => name === "Authorization"));
    other.free();
  });
}

test("every vector comes out as without a signer, twice", () => {
  const met = vectors().filter(({ id }) => !(id in UNMET));
  assert.ok(met.length > 300);
  for (const { id, cloud, request, credentials, options, expected } of met) {
    const signer = new Signer(cloud, credentials);
    for (let count = 0; count < 2; count++) {
      const signed = signer.sign(request, options);
      for (const [name, value] of Object.entries(expected)) assert.equal(signed[name], value, `${id}: ${name}`);
      assert.deepEqual(signed, sign(cloud, request, credentials, options), id);
    }
    signer.free();
  }
});

test("what is wrong is refused with its name, and the signer signs on", () => {
  const [operation, params, at] = CALLS.tencent;
  const signer = new Signer("tencent", KEY);
  const refused = (what, code) => {
    assert.throws(what, (error) => error instanceof ImgferryError && error.kind === "misuse" && error.code === code && !inspect(error).includes("EXAMPLE-SECRET"), code);
    assert.deepEqual(signer.request(operation, params, at, NOW), request("tencent", operation, params, at, KEY, NOW));
  };
  refused(() => new Signer("aws", KEY), "cloud");
  refused(() => new Signer("tencent"), "credentials");
  refused(() => new Signer("tencent", { ...KEY, secret: "" }), "credentials.secret");
  refused(() => new Signer("tencent", { ...KEY, password: "EXAMPLE-SECRET" }), "credentials.password");
  refused(() => signer.request("CopyImage", params, at, NOW), "operation");
  refused(() => signer.request(operation, null, at, NOW), "params");
  refused(() => signer.request(operation, { ...params, ImageIds: [] }, at, NOW), "tencent.SyncImages.ImageIds.one");
  refused(() => signer.request(operation, params, {}, NOW), "at.region");
  refused(() => signer.request(operation, params, at), "timeMs");
  refused(() => signer.sign(undefined), "request");
  refused(() => signer.sign({ method: "POST", url: "cvm", timeMs: NOW, service: "cvm" }), "sign.url");
  refused(() => signer.sign({ method: "POST", url: "https://cvm.tencentcloudapi.com/", timeMs: NOW, service: "cvm" }, { derived: true }), "sign.options.derived");
  refused(() => signer.request(operation, params, at, 0.5), "timeMs");
  refused(() => signer.request(operation, params, at, Number.MAX_SAFE_INTEGER), "timeMs");
  signer.free();
});

test("a place is read anew whenever it differs from the last, be it the same object", () => {
  const [operation, params, { region }] = CALLS.tencent;
  const signer = new Signer("tencent", KEY);
  const same = (at) => assert.deepEqual(signer.request(operation, params, at, NOW), request("tencent", operation, params, at, KEY, NOW));
  const at = { region };
  same(at);
  at.region = "ap-beijing";
  same(at);
  at.endpoint = "https://cvm.example.com";
  same(at);
  same({ region, endpoint: undefined });
  same({ region });
  for (const [odd, code] of [[null, "at"], ["ap-guangzhou", "at"], [{ region, regoin: "x" }, "at.regoin"], [{}, "at.region"], [Object.create({ region }), "at.region"], [{ region: [region] }, "at.region"]]) {
    same({ region });
    assert.throws(() => signer.request(operation, params, odd, NOW), { name: "ImgferryError", code }, code);
  }
  assert.throws(() => signer.request(operation, params, { get region() { throw new Error("no"); } }, NOW), { name: "ImgferryError", kind: "misuse" });
  for (const name of [`${operation}\0`, `${operation}\0{}`, `${operation}\0{}\0{"region":"ap-guangzhou"}`]) assert.throws(() => signer.request(name, params, at, NOW), { name: "ImgferryError", kind: "misuse" });
  signer.free();
});

test("parameters that are texts alone, and those that are not, come to what `request` makes of them", () => {
  const [operation, params, at] = CALLS.huawei;
  const signer = new Signer("huawei", KEY);
  const told = (call) => {
    try {
      return call();
    } catch ({ name, code, message, problems }) {
      return { name, code, message, problems };
    }
  };
  const polluted = Object.assign(Object.create({ name: "inherited" }), params);
  const odd = ["", "{", "\0", "a\0b", "a\0name\0b", "金色", "\u{1f600}", "\ud800", "\u{1f600}\udc00", '"\\\n', "\xff", "x".repeat(20_000), 1, null, undefined, ["a"], { a: "b" }, Symbol("a"), () => "a"];
  const records = [{}, [], "name", polluted, Object.assign(Object.create(null), params)];
  const changed = odd.flatMap((value) => [{ ...params, name: value }, typeof value === "string" ? { ...params, [value]: "x" } : { [operation]: value }]);
  for (const given of [params, ...records, ...changed, JSON.parse('{"__proto__":"x","name":"y"}')]) {
    assert.deepEqual(told(() => signer.request(operation, given, at, NOW)), told(() => request("huawei", operation, given, at, KEY, NOW)));
  }
  assert.throws(() => signer.request(operation, { get name() { throw new Error("no"); } }, at, NOW), { name: "ImgferryError", code: "params" });
  signer.free();
});

test("a signer that was freed says so", () => {
  const [operation, params, at] = CALLS.tencent;
  const signer = new Signer("tencent", KEY);
  signer.free();
  signer.free();
  assert.throws(() => signer.request(operation, params, at, NOW), { name: "ImgferryError", code: "signer.freed" });
  assert.throws(() => signer.sign({ method: "POST", url: "https://cvm.tencentcloudapi.com/", timeMs: NOW, service: "cvm" }), { code: "signer.freed" });
  const disposed = new Signer("tencent", KEY);
  disposed[Symbol.dispose]?.();
  assert.throws(() => disposed.request(operation, params, at, NOW), { code: "signer.freed" });
});

test("no way to look at a signer shows its key", () => {
  const signer = new Signer("huawei", KEY);
  signer.request(...CALLS.huawei, NOW);
  const shown = [inspect(signer, { showHidden: true, depth: 9, getters: true }), JSON.stringify(signer), String(signer), Object.getOwnPropertyNames(signer).join()];
  assert.doesNotMatch(shown.join(), /EXAMPLE/);
  assert.equal(signer.constructor.name, "Signer");
  signer.free();
});

test("a signer knows the operations of its cloud alone", () => {
  for (const cloud of Object.keys(CALLS)) {
    const signer = new Signer(cloud, KEY);
    const foreign = Object.keys(CALLS).filter((other) => other !== cloud).flatMap((other) => operations(other).map(({ name }) => name));
    const own = new Set(operations(cloud).map(({ name }) => name));
    for (const name of foreign.filter((name) => !own.has(name))) assert.throws(() => signer.request(name, {}, { region: "r" }, NOW), { code: "operation" });
    signer.free();
  }
});
