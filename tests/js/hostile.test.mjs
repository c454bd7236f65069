// Wrong input through the bridge: always an ImgferryError that names the field, never a trap, and the module works on.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as imgferry from "imgferry";
import { investigate } from "imgferry/explain";
import * as small from "imgferry/sign";
import { World } from "imgferry/sim";
// What the package does not show: a module of its own, to be broken.
import { TextBridge } from "../../wasm/js/dist/bridge.js";
import * as ownGlue from "../../wasm/js/dist/imgferry-glue.js?own";
import { jobs } from "../../wasm/js/dist/jobs.js";
import { signers } from "../../wasm/js/dist/signer.js";
import { errorOf } from "../../wasm/js/dist/thrown.js";

const { ImgferryError, Job, Refused, build, check, explain, finish, operations, prepare, read, regions, request, sign, verify } = imgferry;
const NOW = 1_767_225_600_000;
const KEY = { id: "AKIDEXAMPLE", secret: "EXAMPLE-SECRET-TENCENT" };
const AT = { region: "ap-guangzhou" };
const COPY = { ImageIds: ["img-o3ycss2p"], DestinationRegions: ["ap-shanghai"] };
const GET = { method: "GET", url: "https://ims.cn-north-4.myhuaweicloud.com/v1/cloudimages/quota", timeMs: NOW, region: "cn-north-4", service: "ims" };
const PLAN = { copies: [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai"], name: "golden" }] };
const throwing = Object.defineProperty({}, "id", { enumerable: true, get: () => { throw new Error("from a getter"); } });
const trapped = new Proxy({}, { get: () => { throw new Error("from a trap"); }, has: () => true, ownKeys: () => { throw new Error("from a trap"); } });
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
const detached = new Uint8Array(8);
structuredClone(detached, { transfer: [detached.buffer] });
const circular = {};
circular.self = circular;

/** That this throws our error with that code, shows no secret, and that the module works on. */
function refuses(what, code) {
  let thrown;
  try {
    what();
  } catch (error) {
    thrown = error;
  }
  assert.ok(thrown instanceof ImgferryError && thrown instanceof Error, `${code}: ${thrown}`);
  assert.equal(thrown.kind, "misuse");
  assert.match(thrown.code, code instanceof RegExp ? code : new RegExp(`^${code.replace(/[.[\]]/g, "\\$&")}$`), thrown.message);
  assert.ok(thrown.message && thrown.hint && thrown.hintZh, thrown.code);
  assert.equal(thrown.retryable, false);
  assert.doesNotMatch(JSON.stringify({ ...thrown, message: thrown.message }), /EXAMPLE-SECRET/);
  assert.equal(build("tencent", "SyncImages", COPY, AT).service, "cvm");
}

class Thing {}

/** A list of two that are each a list of two, and so on: few references, 2^depth entries. */
function doubled(depth, last = "x") {
  return depth === 0 ? last : Array(2).fill(doubled(depth - 1, last));
}

const WRONG = {
  "a cloud that is none": [() => sign("aws", GET, KEY), "cloud"],
  "no cloud": [() => sign(undefined, GET, KEY), "cloud"],
  "a cloud that is a number": [() => regions(1), "cloud"],
  "a cloud with a lone surrogate": [() => operations("\ud800"), "cloud"],
  "no request": [() => sign("huawei", undefined, KEY), "request"],
  "a request that is text": [() => sign("huawei", "GET", KEY), "request"],
  "a request without a method": [() => sign("huawei", { ...GET, method: undefined }, KEY), "request.method"],
  "a URL that is an object": [() => sign("huawei", { ...GET, url: {} }, KEY), "request.url"],
  "a URL that is none": [() => sign("huawei", { ...GET, url: "ims" }, KEY), "sign.url"],
  "a URL with a lone surrogate": [() => sign("huawei", { ...GET, url: "https://h/\udfff" }, KEY), "request.url"],
  "a header with a line break": [() => sign("huawei", { ...GET, headers: { a: "b\r\nc: d" } }, KEY), "sign.headers.a"],
  "a header with a tab in its name": [() => sign("huawei", { ...GET, headers: { "a\tb": "c" } }, KEY), "sign.headers"],
  "a header with a null character": [() => sign("huawei", { ...GET, headers: { a: "b\0c" } }, KEY), "sign.headers.a"],
  "headers that are text": [() => sign("huawei", { ...GET, headers: "a: b" }, KEY), "request.headers"],
  "headers that are numbers": [() => sign("huawei", { ...GET, headers: { a: 1 } }, KEY), "request.headers"],
  "headers that are no pairs": [() => sign("huawei", { ...GET, headers: [["a"]] }, KEY), "request.headers"],
  "a body that is a number": [() => sign("huawei", { ...GET, body: 5 }, KEY), "request.body"],
  "a body that is an ArrayBuffer": [() => sign("huawei", { ...GET, body: new ArrayBuffer(4) }, KEY), "request.body"],
  "a body of other numbers": [() => sign("huawei", { ...GET, body: new Uint16Array(4) }, KEY), "request.body"],
  "a time that is NaN": [() => sign("huawei", { ...GET, timeMs: Number.NaN }, KEY), "request.timeMs"],
  "a time with a fraction": [() => sign("huawei", { ...GET, timeMs: 0.5 }, KEY), "request.timeMs"],
  "a time that is a bigint": [() => sign("huawei", { ...GET, timeMs: 5n }, KEY), "request.timeMs"],
  "a time that is a Date": [() => sign("huawei", { ...GET, timeMs: new Date(NOW) }, KEY), "request.timeMs"],
  "a time beyond the calendar": [() => sign("huawei", { ...GET, timeMs: Number.MAX_SAFE_INTEGER }, KEY), "sign.time"],
  "a time in seconds": [() => sign("huawei", { ...GET, timeMs: NOW / 1000 }, KEY), "sign.time"],
  "a time in microseconds": [() => prepare("huawei", { ...GET, timeMs: NOW * 1000 }, { id: KEY.id }), "sign.time"],
  "a time of a request in seconds": [() => request("tencent", "SyncImages", COPY, AT, KEY, NOW / 1000), "timeMs"],
  "a start in seconds": [() => new Job(PLAN, NOW / 1000, 1), "nowMs"],
  "a survey in seconds": [() => Job.survey(PLAN, NOW / 1000, 1), "nowMs"],
  "a poll in seconds": [() => new Job(PLAN, NOW, 1).poll(NOW / 1000, {}), "nowMs"],
  "an answer in seconds": [() => new Job(PLAN, NOW, 1).answer(NOW / 1000, 1, { status: 200, headers: [], body: "" }), "nowMs"],
  "a loss in seconds": [() => new Job(PLAN, NOW, 1).lost(NOW / 1000, 1, "unsent"), "nowMs"],
  "a cancellation in seconds": [() => new Job(PLAN, NOW, 1).cancel(NOW / 1000), "nowMs"],
  "a restoration in seconds": [() => Job.restore(new Job(PLAN, NOW, 1).takeJournal(), NOW / 1000), "nowMs"],
  "a turn in seconds": [() => Job.wake(new Job(PLAN, NOW, 1).takeJournal(), NOW / 1000), "nowMs"],
  "a verification in seconds": [() => verify("huawei", { method: "GET", url: GET.url, headers: [], body: "" }, () => KEY, NOW / 1000), "nowMs"],
  "a field that is none": [() => sign("huawei", { ...GET, header: {} }, KEY), "request.header"],
  "an option that is none": [() => sign("huawei", GET, KEY, { presigned: true }), "options.presigned"],
  "an option that is text": [() => sign("huawei", GET, KEY, { derived: "yes" }), "options.derived"],
  "an expiry out of range": [() => sign("volcengine", GET, KEY, { presign: true, expiresS: -1 }), "options.expiresS"],
  "credentials that are missing": [() => sign("huawei", GET), "credentials"],
  "credentials without a secret": [() => sign("huawei", GET, { id: "AKIDEXAMPLE" }), "credentials.secret"],
  "credentials with white space": [() => sign("huawei", GET, { ...KEY, secret: `${KEY.secret}\n` }), "credentials.secret"],
  "credentials in quotes": [() => sign("huawei", GET, { ...KEY, secret: `"${KEY.secret}"` }), "credentials.secret"],
  "an id in quotes": [() => request("tencent", "SyncImages", COPY, AT, { ...KEY, id: `'${KEY.id}'` }, NOW), "credentials.id"],
  "a token in quotes": [() => new Job(PLAN, NOW, 1).poll(NOW, { tencent: { ...KEY, token: "“EXAMPLE-TOKEN”" } }), "credentials.token"],
  "a token with white space": [() => new imgferry.Signer("tencent", { ...KEY, token: "EXAMPLE-TOKEN\n" }), "credentials.token"],
  "credentials with a field too many": [() => sign("huawei", GET, { ...KEY, region: "r" }), "credentials.region"],
  "a token that is a number": [() => sign("huawei", GET, { ...KEY, token: 5 }), "credentials.token"],
  "an identity that is a key": [() => prepare("huawei", GET, KEY), "identity.secret"],
  "something that was not prepared": [() => finish({}, KEY), "prepared.from"],
  "a prepared request that was altered": [() => finish({ ...prepare("huawei", GET, { id: KEY.id }), stringToSign: "x" }, KEY), "prepared.stringToSign"],
  "a prepared request for another URL": [
    () => {
      const prepared = prepare("huawei", GET, { id: KEY.id });
      finish({ ...prepared, from: { ...prepared.from, request: { ...GET, url: `${GET.url}2` } } }, KEY);
    },
    /^prepared\./,
  ],
  "a prepared request of another key": [() => finish(prepare("huawei", GET, { id: "HWAKEXAMPLE" }), KEY), "sign.credentials"],
  "keys that are no function": [() => verify("huawei", { ...GET, headers: {} }, {}, NOW), "keys"],
  "a request that throws": [() => sign("huawei", trapped, KEY), "request"],
  "headers that throw": [() => sign("huawei", { ...GET, headers: trapped }, KEY), "request"],
  "headers that cannot be iterated": [() => sign("huawei", { ...GET, headers: { [Symbol.iterator]: 5 } }, KEY), "request"],
  "a body that is revoked": [() => sign("huawei", { ...GET, body: revoked }, KEY), "request"],
  "a body that was transferred away": [() => sign("huawei", { ...GET, body: detached }, KEY), "request"],
  "an answer that was transferred away": [() => read("tencent", "SyncImages", { status: 200, body: detached }), "answer"],
  "an answer that throws": [() => read("tencent", "SyncImages", trapped), "answer"],
  "credentials that throw": [() => sign("huawei", GET, throwing), "request"],
  "a key ring that throws": [() => new Job(PLAN, NOW, 1).poll(NOW, { tencent: throwing }), "input"],
  "a prepared request that holds itself": [() => finish({ ...prepare("huawei", GET, { id: KEY.id }), headers: circular }, KEY), "prepared"],
  "a plan that throws": [() => new Job(trapped, NOW, 1), "plan"],
  "a plan that is a bigint": [() => new Job(5n, NOW, 1), "input"],
  "a plan that looks like a job": [() => new Job({ takeJournal: true }), "nowMs"],
  "an operation that is none": [() => build("tencent", "syncImages", COPY, AT), "operation"],
  "no operation": [() => build("tencent", undefined, COPY, AT), "operation"],
  "parameters that are missing": [() => build("tencent", "SyncImages", undefined, AT), "params"],
  "parameters that are a list": [() => build("tencent", "SyncImages", [], AT), "params"],
  "parameters that hold themselves": [() => build("tencent", "SyncImages", circular, AT), "input"],
  "parameters that are a function": [() => build("tencent", "SyncImages", { ...COPY, ImageName: () => "n" }, AT), "ImageName"],
  "parameters that are a symbol": [() => build("tencent", "SyncImages", { ...COPY, ImageName: Symbol("n") }, AT), "ImageName"],
  "parameters that are a bigint": [() => build("tencent", "DescribeImages", { Limit: 5n }, AT), "Limit"],
  "parameters that are Infinity": [() => build("tencent", "DescribeImages", { Limit: Number.POSITIVE_INFINITY }, AT), "Limit"],
  "parameters that are a Map": [() => build("tencent", "SyncImages", { ...COPY, ImageName: new Map() }, AT), "ImageName"],
  "parameters nested too deeply": [() => build("tencent", "SyncImages", JSON.parse("[".repeat(5000) + "]".repeat(5000)), AT), /params|input/],
  "parameters that multiply": [() => build("tencent", "SyncImages", { ...COPY, Tags: doubled(40) }, AT), "input"],
  "a plan that multiplies": [() => new Job({ ...PLAN, exports: doubled(40) }, NOW, 1), "plan"],
  "a plan of things that multiply": [() => new Job({ ...PLAN, exports: doubled(40, new Thing()) }, NOW, 1), "plan"],
  "headers without an end": [() => read("tencent", "SyncImages", { status: 200, body: "", headers: (function* () { for (;;) yield ["a", "b"]; })() }), "answer.headers"],
  "a number beyond all": [() => build("tencent", "DescribeImages", JSON.parse('{"Limit":1e999}'), AT), "Limit"],
  "a name with a lone surrogate": [() => build("tencent", "SyncImages", { ...COPY, ["a\ud83d"]: 1 }, AT), "a name"],
  "an id with a lone surrogate": [() => sign("huawei", GET, { ...KEY, id: "\udc00" }), "credentials.id"],
  "an answer with a lone surrogate": [() => read("tencent", "SyncImages", { status: 200, body: "\udc00" }), "body"],
  "parameters with a lone surrogate": [() => build("tencent", "SyncImages", { ...COPY, ImageName: "a\ud83d" }, AT), "ImageName"],
  "a parameter that is none": [() => build("tencent", "SyncImages", { ...COPY, ImageNam: "n" }, AT), "params.unknown"],
  "a parameter of the wrong shape": [() => build("tencent", "SyncImages", { ...COPY, ImageIds: "img-o3ycss2p" }, AT), "params.shape"],
  "no place": [() => build("tencent", "SyncImages", COPY), "at"],
  "a place without a region": [() => build("tencent", "SyncImages", COPY, {}), "at.region"],
  "a site that is none": [() => build("tencent", "SyncImages", COPY, { ...AT, site: "moon" }), "site"],
  "an endpoint that is none": [() => build("tencent", "SyncImages", COPY, { ...AT, endpoint: "127.0.0.1" }), "endpoint.url"],
  "a time that is missing": [() => request("tencent", "SyncImages", COPY, AT, KEY), "timeMs"],
  "a status that is text": [() => read("tencent", "SyncImages", { status: "200", body: "" }), "answer.status"],
  "a status out of range": [() => read("tencent", "SyncImages", { status: 70000, body: "" }), "answer.status"],
  "no answer": [() => read("tencent", "SyncImages", null), "answer"],
  "a code that is a number": [() => explain("tencent", 404), "code"],
  "a plan that is null": [() => new Job(null, NOW, 1), /^plan/],
  "a plan that is empty": [() => new Job({}, NOW, 1), "plan.empty"],
  "a plan with a field that is none": [() => new Job({ copys: [] }, NOW, 1), "plan.unknown"],
  "a plan with a cloud that is text": [() => new Job({ ...PLAN, clouds: "tencent" }, NOW, 1), "plan.field"],
  "a plan that holds itself": [() => new Job(circular, NOW, 1), "plan"],
  "a start that is missing": [() => new Job(PLAN), "nowMs"],
  "a start that is a bigint": [() => new Job(PLAN, 5n, 1), "nowMs"],
  "a seed that is missing": [() => new Job(PLAN, NOW), "seed"],
  "a seed that is negative": [() => new Job(PLAN, NOW, -1), "seed"],
  "a seed with a fraction": [() => new Job(PLAN, NOW, 0.5), "seed"],
  "a journal that is none": [() => Job.restore("nothing\n", NOW), /^journal/],
  "a journal that is empty": [() => Job.restore("", NOW), "journal.empty"],
  "a journal that is bytes": [() => Job.restore(new Uint8Array(4), NOW), "journal"],
  "a journal with a lone surrogate": [() => Job.restore("\udc00", NOW), "journal"],
};

for (const [name, [what, code]] of Object.entries(WRONG)) {
  test(name, () => refuses(what, code));
}

test("what is no job, no callback, no language and no URL is told as such, before anything is sent", async () => {
  const fetch = () => assert.fail("something was sent");
  for (const work of [imgferry.run, imgferry.tick]) {
    for (const job of [undefined, null, 5, "job", {}, PLAN]) await assert.rejects(work(job, {}, { fetch }), { name: "ImgferryError", code: "job" });
    const job = new Job(PLAN, NOW, 1);
    await assert.rejects(work(job, { tencent: KEY }, null), { name: "ImgferryError", code: "options.fetch" });
    for (const name of ["fetch", "save", "onEvent", "onKeyTrouble", "signal"]) {
      await assert.rejects(work(job, { tencent: KEY }, { fetch, [name]: 5 }), { name: "ImgferryError", code: `options.${name}` });
    }
  }
  // Not the names of what every object has.
  for (const language of ["fr", "constructor", "__proto__", Object.create(null), Symbol("en")]) await assert.rejects(imgferry.texts(language), { name: "ImgferryError", code: "language" });
  for (const options of [null, { fetch: "get" }, { timeoutMs: Symbol("soon"), fetch }]) {
    await assert.rejects(imgferry.listImages("tencent", "ap-guangzhou", KEY, options).next(), { name: "ImgferryError", kind: "misuse" });
  }
  const world = new World({}, NOW);
  for (const clock of [NOW, "now", null]) assert.throws(() => world.fetch(clock), { name: "ImgferryError", code: "nowMs" });
  for (const url of [undefined, "", "not a URL", Symbol("url")]) assert.throws(() => world.handle(NOW, { method: "GET", url, headers: [] }), { name: "ImgferryError", code: "request.url" });
  for (const headers of [5, [5], [[5]]]) assert.throws(() => world.handle(NOW, { method: "GET", url: "https://h.example/", headers }), { name: "ImgferryError", code: "request.headers" });
});

test("hints that are none are refused", () => {
  const unreadable = Object.defineProperty({}, "answer", { enumerable: true, get: () => { throw new Error("from a getter"); } });
  for (const hints of [null, 5, "words", unreadable]) assert.throws(() => investigate("words", hints), { name: "ImgferryError", code: /^hints/ });
});

test("a listing that may take for ever is given its time", async () => {
  const fetch = async () => new Response('{"Response":{"RequestId":"r","ImageSet":[],"TotalCount":0}}');
  assert.deepEqual(await imgferry.listImages("tencent", "ap-guangzhou", KEY, { fetch, timeoutMs: Infinity }).next(), { value: undefined, done: true });
});

test("the small entry refuses in the same way", () => {
  assert.throws(() => small.sign("huawei", { ...GET, url: 5 }, KEY), { name: "ImgferryError", code: "request.url" });
  assert.throws(() => small.sign("huawei", { ...GET, timeMs: 1e17 }, KEY), { name: "ImgferryError", kind: "misuse" });
  assert.equal(small.sign("huawei", GET, KEY).signature, sign("huawei", GET, KEY).signature);
});

test("what is no plan is a finding like all others", () => {
  for (const plan of [undefined, null, 5, [], "tencent", { copies: 5 }]) {
    const problems = plan === "tencent" ? check("tencent", "SyncImages", {}, AT) : check(plan);
    assert.ok(problems.some(({ severity, message, messageZh }) => severity === "error" && message && messageZh), `${plan}`);
  }
});

test("what was prepared of any headers survives being sent", () => {
  for (const headers of [new Map([["x-a", "1"]]).entries(), new Headers({ "x-a": "1" }), new Map([["x-a", "1"]])]) {
    const prepared = JSON.parse(JSON.stringify(prepare("huawei", { ...GET, headers }, { id: KEY.id })));
    assert.ok(finish(prepared, KEY).headers.some(([name]) => name === "x-a"));
  }
  const bytes = structuredClone(prepare("huawei", { ...GET, method: "POST", body: new Uint8Array([0xff]) }, { id: KEY.id }));
  assert.match(finish(bytes, KEY).signature, /^[0-9a-f]{64}$/);
});

test("headers are taken in every shape", () => {
  const shapes = [{ "x-a": "1" }, [["x-a", "1"]], new Map([["x-a", "1"]]), new Headers({ "x-a": "1" }), Object.assign(Object.create(null), { "x-a": "1" })];
  const signed = shapes.map((headers) => sign("huawei", { ...GET, headers }, KEY, { signedHeaders: ["host", "x-a", "x-sdk-date"] }).signature);
  assert.equal(new Set(signed).size, 1);
});

test("a body is the same as text and as bytes, and bytes that are no text are signed", () => {
  const post = { ...GET, method: "POST" };
  assert.equal(sign("huawei", { ...post, body: "镜像" }, KEY).signature, sign("huawei", { ...post, body: new TextEncoder().encode("镜像") }, KEY).signature);
  const bytes = sign("huawei", { ...post, body: new Uint8Array([0xff, 0xfe, 0]) }, KEY);
  const received = { method: "POST", url: bytes.url, headers: bytes.headers, body: new Uint8Array([0xff, 0xfe, 0]) };
  assert.equal(verify("huawei", received, () => KEY, NOW).bodySigned, true);
  assert.throws(() => verify("huawei", { ...received, body: new Uint8Array([0xff, 0xfe, 1]) }, () => KEY, NOW), Refused);
});

test("huge texts are refused, or taken", () => {
  refuses(() => build("tencent", "SyncImages", { ...COPY, ImageName: "n".repeat(2 ** 26) }, AT), "input");
  refuses(() => build("tencent", "SyncImages", { ...COPY, ImageName: "n".repeat(2 ** 20) }, AT), /ImageName/);
  refuses(() => sign("huawei", { ...GET, body: new Uint8Array(2 ** 27) }, KEY), "request.body");
  assert.match(sign("huawei", { ...GET, method: "POST", body: "中".repeat(2 ** 22) }, KEY).signature, /^[0-9a-f]{64}$/);
});

test("a trap starts the module anew, what was made before is gone, and freeing it harms nothing", () => {
  const bridge = new TextBridge(ownGlue, "imgferry", () => readFileSync(new URL("../../wasm/js/dist/imgferry.wasm", import.meta.url)), errorOf);
  const [OwnJob, OwnSigner] = [jobs(bridge), signers(bridge)];
  const [job, signer] = [new OwnJob(PLAN, NOW, 1), new OwnSigner("huawei", KEY)];
  const journal = job.takeJournal();
  refuses(() => bridge.call(() => { throw new WebAssembly.RuntimeError("unreachable"); }), "module.trap");
  // At the very addresses of those before.
  const [anew, another] = [OwnJob.restore(journal, NOW).job, new OwnSigner("huawei", KEY)];
  refuses(() => job.report(), "job.lost");
  refuses(() => signer.sign(GET), "signer.lost");
  job.free();
  signer.free();
  const more = [OwnJob.restore(journal, NOW).job, OwnJob.restore(journal, NOW).job];
  assert.deepEqual([anew, ...more].map((job) => job.report().rows.length), [1, 1, 1]);
  assert.equal(another.sign(GET).signature, sign("huawei", GET, KEY).signature);
  refuses(() => job.report(), "job.freed");
});

test("a signer of another entry's module that was started anew is gone, whatever was made since", () => {
  const module = () => readFileSync(new URL("../../wasm/js/dist/imgferry.wasm", import.meta.url));
  const [bridge, other] = ["imgferry", "imgferry/slim"].map((entry) => new TextBridge(ownGlue, entry, module, errorOf));
  const signer = new (signers(other))("huawei", KEY);
  refuses(() => bridge.call(() => { throw new WebAssembly.RuntimeError("unreachable"); }), "module.trap");
  const anew = new (signers(bridge))("huawei", { ...KEY, id: "AKIDEXAMPLEOTHER" });
  refuses(() => signer.sign(GET), "module.handle");
  refuses(() => signer.request("ListImages", {}, { region: "cn-north-4", project_id: "p" }, NOW), "module.handle");
  signer.free();
  assert.match(anew.sign(GET).authorization, /AKIDEXAMPLEOTHER/);
});

test("a signer that nobody holds any more is released, once", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  const released = [];
  const glue = { ...ownGlue, release: (signer) => void (released.push(signer), ownGlue.release(signer)) };
  const OwnSigner = signers(new TextBridge(glue, "imgferry", () => readFileSync(new URL("../../wasm/js/dist/imgferry.wasm", import.meta.url)), errorOf));
  const held = new OwnSigner("huawei", KEY);
  (() => new OwnSigner("huawei", KEY).free())();
  assert.equal(released.length, 1);
  (() => void new OwnSigner("huawei", KEY))();
  for (let turn = 0; released.length < 2 && turn < 50; turn++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(new Set(released).size, 2);
  assert.match(held.sign(GET).signature, /^[0-9a-f]{64}$/);
});

test("calls after free are refused, and freeing twice is nothing", () => {
  const job = new Job(PLAN, NOW, 1);
  job.free();
  job.free();
  for (const call of [() => job.poll(NOW, {}), () => job.report(), () => job.takeJournal(), () => job.cancel(NOW), () => job.length, () => job.compact()]) {
    refuses(call, "job.freed");
  }
  {
    const other = new Disposable();
    assert.equal(other.job.length, 1);
    other[Symbol.dispose]();
  }
  assert.throws(() => Disposable.last.report(), { code: "job.freed" });
});

/** A job that frees itself at the end of its block. */
class Disposable {
  static last;
  constructor() {
    this.job = Disposable.last = new Job(PLAN, NOW, 1);
  }
  [Symbol.dispose]() {
    this.job[Symbol.dispose]();
  }
}

test("two calls on one job at once do not meet", () => {
  const job = new Job(PLAN, NOW, 1);
  let inner;
  const credentials = {
    get tencent() {
      inner = job.report();
      return KEY;
    },
  };
  assert.equal(job.poll(NOW, credentials).type, "send");
  assert.equal(inner.rows.length, 1);
});

test("answers that nobody waits for change nothing", () => {
  const job = new Job(PLAN, NOW, 1);
  const step = job.poll(NOW, { tencent: KEY });
  const before = job.report();
  for (const id of [0, 99, 2 ** 32 + step.id, -1, 1.5, "1", Number.NaN, undefined]) {
    refuses(() => job.answer(NOW, id, { status: 200, body: "{}" }), /./);
    refuses(() => job.lost(NOW, id, "unanswered"), /./);
  }
  refuses(() => job.lost(NOW, step.id, "gone"), /./);
  refuses(() => job.poll(NOW, { tencent: { id: "AKIDEXAMPLE" } }), "credentials.tencent.secret");
  refuses(() => job.poll(NOW, { aws: KEY }), "credentials.aws");
  refuses(() => job.poll(NOW), "credentials");
  refuses(() => job.poll(null, { tencent: KEY }), "nowMs");
  assert.deepEqual(job.report(), before);
});

test("any status and any body are read", () => {
  for (const status of [0, 200, 204, 302, 404, 500, 65535]) {
    for (const body of ["", "{", "null", "[]", "{}", "\u0000", "<html>", '{"Response":{}}', new Uint8Array([0xff, 0xfe]), undefined]) {
      for (const [cloud, operation] of [["tencent", "SyncImages"], ["volcengine", "CopyImage"], ["huawei", "CopyImageCrossRegion"]]) {
        try {
          assert.ok(read(cloud, operation, { status, body }).facts.type);
        } catch (error) {
          assert.ok(error instanceof ImgferryError && error.kind !== "misuse", `${error}`);
          assert.ok(error.status === status && error.hint && error.code);
        }
      }
    }
  }
});

test("whole numbers of an answer are exact, however large, and a number beyond all is no answer", () => {
  const body = '{"Response":{"TaskId":9007199254740993,"Text":"\\"TaskId\\":9007199254740993,","List":[-9007199254740993,18446744073709551615,9007199254740991,0.1234567890123456789],"RequestId":"r-1"}}';
  const { data, requestId } = read("tencent", "ExportImages", { status: 200, body });
  assert.equal(data.TaskId, 9007199254740993n);
  assert.equal(data.Text, '"TaskId":9007199254740993,');
  assert.deepEqual(data.List, [-9007199254740993n, 18446744073709551615n, 9007199254740991, 0.12345678901234568]);
  assert.equal(requestId, "r-1");
  assert.throws(() => read("tencent", "ExportImages", { status: 200, body: '{"Response":{"TaskId":1e999}}' }), { name: "ImgferryError", kind: "protocol" });
});

test("an error is whole as JSON, and as a record that leaves a worker", () => {
  try {
    build("tencent", "SyncImages", { ...COPY, ImageIds: [] }, AT);
    assert.fail("it was built");
  } catch (error) {
    for (const record of [JSON.parse(JSON.stringify(error)), structuredClone(error.toJSON())]) assert.deepEqual(record, { ...error, message: error.message });
    assert.ok(error.message && error.problems.length > 0 && error.hint);
  }
});

test("an error of a cloud has all its attributes", () => {
  const body = JSON.stringify({ Response: { Error: { Code: "RequestLimitExceeded", Message: "slow down" }, RequestId: "r-1" } });
  assert.throws(() => read("tencent", "SyncImages", { status: 200, headers: { date: "Thu, 01 Jan 2026 00:00:00 GMT" }, body }), {
    name: "ImgferryError", kind: "throttled", code: "RequestLimitExceeded", message: "slow down", requestId: "r-1", status: 200, retry: "backoff", retryable: true, serverTimeMs: NOW,
  });
});
