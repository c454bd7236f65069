// The vendors' own Node clients as oracles: the same signature on random requests, with the clock given and the signed set aligned.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { sign } from "imgferry";

const require = createRequire(import.meta.url);
const tencent = require("tencentcloud-sdk-nodejs-common/tencentcloud/common/sign.js").default;
const Volcengine = require("@volcengine/openapi/lib/base/sign.js").default;
const { AKSKSigner: huawei } = require("@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js");

const REQUESTS = 1000;

/** Numbers that look random and are the same in every run (a linear congruential generator). */
function dice(seed) {
  let state = BigInt(seed);
  const below = (end) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((state >> 33n) % BigInt(end));
  };
  const pick = (items) => items[below(items.length)];
  const text = (most) => Array.from({ length: below(most + 1) }, () => pick([..."abcXYZ0189-._~ +&=/*'()!%#?:@,;$\"<>[]{}|^`\\中文é😀"])).join("");
  const word = () => Array.from({ length: 3 + below(12) }, () => pick([..."abcdefghijklmnopqrstuvwxyz0123456789"])).join("");
  const timeMs = () => 1_600_000_000_000 + below(400_000_000) * 1000;
  return { below, pick, text, word, timeMs };
}

function credentials({ word }, token) {
  return { id: `AKEXAMPLE${word()}`, secret: `EXAMPLE-SECRET-${word()}`, token: token ? `EXAMPLE-TOKEN-${word()}` : undefined };
}

function authorization(cloud, request, key, signedHeaders) {
  return sign(cloud, request, key, { signedHeaders }).authorization;
}

test(`Tencent: ${REQUESTS} random requests`, () => {
  const random = dice(1);
  for (let count = 0; count < REQUESTS; count++) {
    const key = credentials(random, false);
    const isGet = random.below(4) === 0;
    const query = isGet ? `?${random.word()}=${encodeURIComponent(random.text(12))}&${random.word()}.0=${encodeURIComponent(random.text(6))}` : "";
    const payload = isGet ? undefined : { [random.word()]: random.text(20), Limit: random.below(1000), Flag: random.below(2) === 0, Ids: [random.text(8), random.word()] };
    const contentType = random.pick(isGet ? ["application/x-www-form-urlencoded"] : ["application/json", "application/json; charset=utf-8"]);
    const request = {
      method: isGet ? "GET" : "POST", url: new URL(`https://${random.word()}.tencentcloudapi.com/${query}`).href, headers: { "Content-Type": contentType },
      body: payload === undefined ? "" : JSON.stringify(payload), timeMs: random.timeMs(), service: random.pick(["cvm", "region", "sts"]), region: "ap-guangzhou",
    };
    const theirs = tencent.sign3({
      method: request.method, url: request.url, payload, timestamp: request.timeMs / 1000, service: request.service, secretId: key.id, secretKey: key.secret, headers: { "Content-Type": contentType },
    });
    assert.equal(authorization("tencent", request, key, ["content-type", "host"]), theirs, JSON.stringify(request));
  }
});

test(`Volcengine: ${REQUESTS} random requests`, () => {
  const random = dice(2);
  for (let count = 0; count < REQUESTS; count++) {
    const key = credentials(random, random.below(3) === 0);
    const params = { Action: "CopyImage", Version: "2020-04-01", [random.word()]: random.text(20), [`${random.word()}.1`]: random.text(8), [`A${random.word()}`]: random.text(4) };
    const body = random.below(3) === 0 ? JSON.stringify({ [random.word()]: random.text(20) }) : "";
    const host = `${random.word()}.volcengineapi.com`;
    const region = random.pick(["cn-beijing", "cn-shanghai", "ap-southeast-1"]);
    const vendor = { method: random.pick(["GET", "POST"]), pathname: random.pick(["/", `/${random.word()}`]), params: { ...params }, headers: { Host: host }, body: body || undefined, region };
    const timeMs = random.timeMs();
    const signer = new Volcengine(vendor, "ecs");
    signer.addAuthorization({ accessKeyId: key.id, secretKey: key.secret, sessionToken: key.token }, new Date(timeMs));
    const query = Object.entries(params).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&");
    const request = { method: vendor.method, url: `https://${host}${vendor.pathname}?${query}`, body, timeMs, region, service: "ecs" };
    assert.equal(authorization("volcengine", request, key, signer.signedHeaders().split(";")), vendor.headers.Authorization, JSON.stringify(request));
  }
});

test(`Huawei: ${REQUESTS} random requests`, () => {
  const random = dice(3);
  for (let count = 0; count < REQUESTS; count++) {
    const key = credentials(random, false);
    const queryParams = { [random.word()]: random.text(20), [`__${random.word()}`]: random.word(), limit: random.below(100) };
    const data = random.below(2) ? { [random.word()]: random.text(20), count: random.below(100) } : undefined;
    const timeMs = random.timeMs();
    const headers = { "X-Sdk-Date": new Date(timeMs).toISOString().replace(/[-:]|\.\d{3}/g, ""), "content-type": "application/json", "X-Project-Id": random.word() };
    const endpoint = `https://ims.${random.word()}.myhuaweicloud.com/v1/cloudimages/${random.word()}/cross_region_copy`;
    const method = data ? random.pick(["POST", "PUT"]) : random.pick(["GET", "DELETE"]);
    const made = huawei.sign({ endpoint, method, headers, queryParams, data }, { getAk: () => key.id, getSk: () => key.secret });
    const query = Object.entries(queryParams).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&");
    const request = { method, url: `${endpoint}?${query}`, headers, body: data ? JSON.stringify(data) : "", timeMs, service: "ims" };
    const signedHeaders = made.Authorization.match(/SignedHeaders=([^,]+)/)[1].split(";");
    assert.equal(authorization("huawei", request, key, signedHeaders), made.Authorization, JSON.stringify(request));
  }
});

// Where the vendors' clients sign something else than what they send, or than what the cloud computes.

test("Tencent's defect: the host is signed without its port, but sent with it", () => {
  const key = { id: "AKIDEXAMPLE", secret: "EXAMPLE-SECRET" };
  const signed = (url) => ({
    ours: authorization("tencent", { method: "POST", url, headers: { "Content-Type": "application/json" }, body: "{}", timeMs: 1_700_000_000_000, service: "cvm" }, key, ["content-type", "host"]),
    theirs: tencent.sign3({ url, payload: {}, timestamp: 1_700_000_000, service: "cvm", secretId: key.id, secretKey: key.secret, headers: { "Content-Type": "application/json" } }),
  });
  const [plain, withPort] = [signed("https://gateway.example.com/"), signed("https://gateway.example.com:8443/")];
  assert.equal(plain.ours, plain.theirs);
  assert.equal(plain.theirs, withPort.theirs);
  assert.notEqual(plain.ours, withPort.ours);
});

test("Tencent's defect: the path of another endpoint is signed, where the cloud computes with /", () => {
  const given = { method: "POST", payload: {}, timestamp: 1_700_000_000, service: "cvm", secretId: "AKIDEXAMPLE", secretKey: "EXAMPLE-SECRET", headers: { "Content-Type": "application/json" } };
  assert.notEqual(tencent.sign3({ ...given, url: "https://h.example.com/prefix" }), tencent.sign3({ ...given, url: "https://h.example.com/" }));
});

test("Volcengine's defects: no host in the signed set of its own, and a presigned query without X-SignedQueries", () => {
  const vendor = { method: "GET", pathname: "/", params: { Action: "DescribeImages" }, headers: {}, region: "cn-beijing" };
  const signer = new Volcengine(vendor, "ecs");
  signer.addAuthorization({ accessKeyId: "AKLTEXAMPLE", secretKey: "EXAMPLE-SECRET" }, new Date(1_700_000_000_000));
  assert.equal(signer.signedHeaders(), "x-date");
  const presigned = new Volcengine({ ...vendor, headers: {} }, "ecs").getSignUrl({ accessKeyId: "AKLTEXAMPLE", secretKey: "EXAMPLE-SECRET" }, new Date(1_700_000_000_000));
  const ours = sign("volcengine", { method: "GET", url: "https://open.volcengineapi.com/?Action=DescribeImages", timeMs: 1_700_000_000_000, region: "cn-beijing", service: "ecs" }, { id: "AKLTEXAMPLE", secret: "EXAMPLE-SECRET" }, { presign: true, signedHeaders: [] });
  assert.notEqual(new URLSearchParams(presigned).get("X-Signature"), ours.signature);
});

test("Volcengine's defect: query names are sorted before they are encoded, where the vendor's Python and Go clients sort them after", () => {
  const key = { id: "AKLTEXAMPLE", secret: "EXAMPLE-SECRET" };
  const pair = (name) => {
    const vendor = { method: "GET", pathname: "/", params: { Action: "DescribeImages", [name]: "1" }, headers: { Host: "h.example.com" }, region: "cn-beijing" };
    const signer = new Volcengine(vendor, "ecs");
    signer.addAuthorization({ accessKeyId: key.id, secretKey: key.secret }, new Date(1_700_000_000_000));
    const request = { method: "GET", url: `https://h.example.com/?Action=DescribeImages&${encodeURIComponent(name)}=1`, timeMs: 1_700_000_000_000, region: "cn-beijing", service: "ecs" };
    return [authorization("volcengine", request, key, signer.signedHeaders().split(";")), vendor.headers.Authorization];
  };
  assert.equal(...pair("Az"));
  assert.notEqual(...pair("A}"));
});

test("Huawei's defects: an encoded path is encoded again, and values are not trimmed", () => {
  const key = { id: "HWAKEXAMPLE", secret: "EXAMPLE-SECRET" };
  const pair = (endpoint, value) => {
    const headers = { "X-Sdk-Date": "20240801T000000Z", "x-note": value };
    const made = huawei.sign({ endpoint, method: "GET", headers, queryParams: {} }, { getAk: () => key.id, getSk: () => key.secret });
    return [authorization("huawei", { method: "GET", url: endpoint, headers, timeMs: 1_722_470_400_000 }, key, made.Authorization.match(/SignedHeaders=([^,]+)/)[1].split(";")), made.Authorization];
  };
  assert.equal(...pair("https://ims.example.com/v1/a", "n"));
  assert.notEqual(...pair("https://ims.example.com/v1/a%20b", "n"));
  assert.notEqual(...pair("https://ims.example.com/v1/a", " n "));
});
