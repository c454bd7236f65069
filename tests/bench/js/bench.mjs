// Build and sign in Node, a long listing, start-up and bundle sizes: one JSON object a line, named as in `rows.py`.
//
//   node bench.mjs <package> <commit>   with the package as it was at that commit, beside which ours stands too
//
// The vendors' clients are called as their users do, and measured until they would send: what is measured is building and
// signing. Beside it stand their signers alone. Ours checks every rule, builds and signs: with a `Signer`, which is kept as
// their clients are, and without one. Tencent's and Volcengine's derive the key at each request, a `Signer` once a day.
import { execFileSync } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [, , was, commit] = process.argv;
const tests = join(import.meta.dirname, "../../js");
const require = createRequire(join(tests, "package.json"));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const ours = join(tests, "../../wasm/js/dist/index.node.js");
const { Signer, read, request } = await import(pathToFileURL(ours));
const before = was && (await import(pathToFileURL(join(was, "dist/index.js"))));
const { sizes } = await import(pathToFileURL(join(tests, "sizes.mjs")));

let sent;

/** The moment at which that client would send. */
function untilSent(call) {
  return new Promise((resolve, reject) => {
    sent = resolve;
    call().then(reject, reject);
  });
}

/** Puts a client that never sends and never answers in place of a package that others have loaded from there. */
function silence(name, from) {
  const path = createRequire(require.resolve(from)).resolve(name);
  const silent = () => {
    sent();
    return new Promise(() => {});
  };
  require(path);
  require.cache[path].exports = Object.assign(silent, { __esModule: true, default: silent });
}

silence("node-fetch", "tencentcloud-sdk-nodejs-common/tencentcloud/common/sign.js");
silence("axios", "@volcengine/openapi");
const { cvm } = require("tencentcloud-sdk-nodejs-cvm");
const { Service } = require("@volcengine/openapi");
const { HcClient } = require("@huaweicloud/huaweicloud-sdk-core/HcClient.js");
const { BasicCredentials } = require("@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js");
const { DefaultHttpClient } = require("@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpClient.js");
const tencent = require("tencentcloud-sdk-nodejs-common/tencentcloud/common/sign.js").default;
const Volcengine = require("@volcengine/openapi/lib/base/sign.js").default;
const { AKSKSigner: huawei } = require("@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js");
const { SignatureV4 } = await load("@smithy/signature-v4");
const { HttpRequest } = await load("@smithy/protocol-http");

const KEY = { id: "AKEXAMPLE", secret: "EXAMPLE-SECRET" };
const NOW = 1_767_225_600_000;

/** Microseconds that each of these calls takes: the best of several rounds by turns, after a warm-up. */
async function microseconds(...calls) {
  const round = async (call, times) => {
    const start = performance.now();
    for (let count = 0; count < times; count++) await call();
    return ((performance.now() - start) * 1000) / times;
  };
  for (const call of calls) await round(call, 1000);
  const best = calls.map(() => Number.POSITIVE_INFINITY);
  for (let count = 0; count < 15; count++) {
    for (const [index, call] of calls.entries()) best[index] = Math.min(best[index], await round(call, 300));
  }
  return best;
}

const sync = { ImageIds: ["img-o3ycss2p"], DestinationRegions: ["ap-shanghai"], ImageName: "golden", ImageSetRequired: true };
const copy = { ImageId: "image-4431h3l7hl31a0example", DestinationRegion: "cn-shanghai", ImageName: "golden" };
const cross = { image_id: "465076de-dc36-4aec-80f5-ef9d8009428f", name: "golden", region: "cn-south-1", project_name: "cn-south-1", agency_name: "ims_copy_image" };
/** Node's own hashing, as the other cloud's clients use it in Node. */
class Sha256 {
  constructor(secret) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret);
  }
  update(chunk) {
    this.hash.update(chunk);
  }
  async digest() {
    return this.hash.digest();
  }
}
const smithy = new SignatureV4({ service: "ecs", region: "cn-beijing", sha256: Sha256, credentials: { accessKeyId: KEY.id, secretAccessKey: KEY.secret } });
const generic = new HttpRequest({ method: "GET", protocol: "https:", hostname: "open.volcengineapi.com", path: "/", query: { Action: "CopyImage", Version: "2020-04-01", ...copy }, headers: { host: "open.volcengineapi.com" } });
const date = new Date(NOW);

const tencentClient = new cvm.v20170312.Client({ credential: { secretId: KEY.id, secretKey: KEY.secret }, region: "ap-guangzhou" });
const volcengineClient = new Service({ accessKeyId: KEY.id, secretKey: KEY.secret, region: "cn-beijing", serviceName: "ecs", host: "open.volcengineapi.com", defaultVersion: "2020-04-01" });
const volcengineCopy = volcengineClient.createAPI("CopyImage", { method: "GET", Version: "2020-04-01" });
const host = "https://ims.cn-north-4.myhuaweicloud.com";
const huaweiClient = new HcClient(new DefaultHttpClient({}, [host])).withEndpoints([host]).withCredential(new BasicCredentials().withAk(KEY.id).withSk(KEY.secret).withProjectId("0123456789abcdef0123456789abcdef"));
const { image_id, ...crossBody } = cross;

const WHOLE = [
  ["SyncImages", "tencentcloud-sdk-nodejs-cvm", () => untilSent(() => tencentClient.SyncImages(sync))],
  ["CopyImage", "@volcengine/openapi", () => untilSent(() => volcengineCopy(copy))],
  // Its request still holds the body's record: the text, which the others and ours hold, is written by its HTTP client.
  ["CopyImageCrossRegion", "@huaweicloud/huaweicloud-sdk-core", async () => {
    const { data, ...rest } = await huaweiClient.buildRequest({ url: "/v1/cloudimages/{image_id}/cross_region_copy", method: "POST", contentType: "application/json", pathParams: { image_id }, queryParams: {}, headers: {}, data: crossBody });
    return { ...rest, data: JSON.stringify(data) };
  }],
];

const OURS = Object.fromEntries(
  [
    ["tencent", "SyncImages", sync, { region: "ap-guangzhou" }],
    ["volcengine", "CopyImage", copy, { region: "cn-beijing" }],
    ["huawei", "CopyImageCrossRegion", cross, { region: "cn-north-4", projectId: "0123456789abcdef0123456789abcdef" }],
  ].map(([cloud, operation, params, at]) => {
    const signer = new Signer(cloud, KEY);
    const kept = () => signer.request(operation, params, at, Date.now());
    const stateless = () => request(cloud, operation, params, at, KEY, Date.now());
    const old = before && new before.Signer(cloud, KEY);
    return [operation, { kept, stateless, earlier: () => old?.request(operation, params, at, Date.now()) }];
  }),
);

const signer = new Signer("volcengine", KEY);

const PAIRS = [
  ["SyncImages", OURS.SyncImages.stateless, "tencentcloud-sdk-nodejs", () =>
    tencent.sign3({ method: "POST", url: "https://cvm.tencentcloudapi.com/", payload: sync, timestamp: NOW / 1000, service: "cvm", secretId: KEY.id, secretKey: KEY.secret, headers: { "Content-Type": "application/json" } })],
  ["CopyImage", OURS.CopyImage.stateless, "@volcengine/openapi", () =>
    new Volcengine({ method: "GET", pathname: "/", params: { Action: "CopyImage", Version: "2020-04-01", ...copy }, headers: { Host: "open.volcengineapi.com" }, region: "cn-beijing" }, "ecs").addAuthorization({ accessKeyId: KEY.id, secretKey: KEY.secret }, date)],
  ["CopyImageCrossRegion", OURS.CopyImageCrossRegion.stateless, "@huaweicloud/huaweicloud-sdk-core", () =>
    huawei.sign({ endpoint: `https://ims.cn-north-4.myhuaweicloud.com/v1/cloudimages/${cross.image_id}/cross_region_copy`, method: "POST", headers: { "content-type": "application/json", "X-Sdk-Date": "20260101T000000Z" }, queryParams: {}, data: crossBody }, { getAk: () => KEY.id, getSk: () => KEY.secret })],
  ["any request, Signer", () => signer.sign({ method: "GET", url: "https://open.volcengineapi.com/?Action=CopyImage&DestinationRegion=cn-shanghai&ImageId=i&ImageName=golden&Version=2020-04-01", timeMs: NOW, region: "cn-beijing", service: "ecs" }), "@smithy/signature-v4, key kept", () =>
    smithy.sign(generic, { signingDate: date })],
];

function row(fields) {
  console.log(JSON.stringify(fields));
}

for (const [what, vendor, theirs] of WHOLE) {
  const { kept, stateless, earlier } = OURS[what];
  const [mine, alone, other, old] = await microseconds(kept, stateless, theirs, earlier);
  const against = `${vendor} ${other.toFixed(1)} µs`;
  row({ group: "build and sign, Node", what: `${what}, Signer`, ours: `${mine.toFixed(1)} µs`, against, value: other / mine, unit: "× faster", at_least: 2 });
  if (before) row({ group: "build and sign, Node", what: `${what}, Signer`, ours: `${mine.toFixed(1)} µs`, against: `${commit} ${old.toFixed(1)} µs`, value: mine / old, unit: `× ${commit}` });
  row({ group: "build and sign, Node", what: `${what}, request()`, ours: `${alone.toFixed(1)} µs`, against, value: other / alone, unit: "× faster" });
}

for (const [what, ours, vendor, theirs] of PAIRS) {
  const [mine, other] = await microseconds(ours, theirs);
  row({ group: "build and sign, Node", what, ours: `${mine.toFixed(1)} µs`, against: `${vendor}, sign only ${other.toFixed(1)} µs`, value: other / mine, unit: "× faster" });
}

const COUNT = 200_000;
const LONG = `read of ${COUNT.toLocaleString("en")} images, Node`;

/** An answer of DescribeImages as Tencent writes it. */
function listing(count) {
  const image = (at) =>
    `{"ImageId":"img-${at.toString(16).padStart(8, "0")}","ImageName":"golden-${at}","ImageType":"PRIVATE_IMAGE","ImageState":"NORMAL","ImageSize":50,` +
    `"CreatedTime":"2026-01-02T03:04:05Z","OsName":"TencentOS Server 4","Platform":"TencentOS","Architecture":"x86_64"}`;
  return `{"Response":{"TotalCount":${count},"ImageSet":[${Array.from({ length: count }, (_, at) => image(at)).join(",")}],"RequestId":"r-1"}}`;
}

const long = listing(COUNT);
const body = new TextEncoder().encode(long);
const READERS = {
  json: () => JSON.parse(long),
  ours: () => read("tencent", "DescribeImages", { status: 200, headers: {}, body }),
  every: () => READERS.ours().facts.items.filter((image) => image.state === "ready").length,
};

/** Milliseconds of a reader, the best of a few. */
function milliseconds(reader, times = 3) {
  const once = () => {
    const start = performance.now();
    reader();
    return performance.now() - start;
  };
  return Math.min(...Array.from({ length: times }, once));
}

/** The memory that a reader's result takes beyond what was there, in a process of its own. */
function memory(text) {
  const script = `
    const { read } = await import(${JSON.stringify(pathToFileURL(ours).href)});
    const long = (${listing})(${COUNT});
    const body = new TextEncoder().encode(long);
    read("tencent", "DescribeImages", { status: 200, headers: {}, body: (${listing})(10) });
    globalThis.gc();
    const before = process.memoryUsage().rss;
    const kept = ${text};
    console.log(process.memoryUsage().rss - before);`;
  return Number(execFileSync(process.execPath, ["--expose-gc", "--input-type=module", "-e", script], { encoding: "utf8" }));
}

{
  const [json, mine, every] = [READERS.json, READERS.ours, READERS.every].map((reader) => milliseconds(reader));
  const told = `${mine.toFixed(0)} ms`;
  row({ group: LONG, what: "time", ours: told, against: `JSON.parse ${json.toFixed(0)} ms`, value: mine / json, unit: "× JSON.parse", at_most: 10 });
  row({ group: LONG, what: "time, every row looked at", ours: `${every.toFixed(0)} ms`, against: `JSON.parse ${json.toFixed(0)} ms`, value: every / json, unit: "× JSON.parse" });
  if (before) {
    const old = milliseconds(() => before.read("tencent", "DescribeImages", { status: 200, headers: {}, body }), 1);
    row({ group: LONG, what: "time", ours: told, against: `${commit} ${old.toFixed(0)} ms`, value: mine / old, unit: `× ${commit}` });
  }
  const [held, parsed] = [`read("tencent", "DescribeImages", { status: 200, headers: {}, body })`, "JSON.parse(long)"].map(memory);
  row({ group: LONG, what: "memory", ours: `${(held / 1e6).toFixed(0)} MB`, against: `JSON.parse ${(parsed / 1e6).toFixed(0)} MB`, value: held / 1e6, unit: "MB", at_most: 150 });
}

/** Milliseconds from nothing to the first result, in a process of its own, less those of an empty one. */
function startUp(script) {
  const once = (text) => {
    const start = performance.now();
    execFileSync(process.execPath, ["--input-type=module", "-e", text], { cwd: tests });
    return performance.now() - start;
  };
  const best = (text) => Math.min(...Array.from({ length: 5 }, () => once(text)));
  return Math.max(best(script) - best(""), 0.1);
}

const started = startUp(`import { regions } from "imgferry"; regions("huawei");`);
for (const vendor of ["tencentcloud-sdk-nodejs-cvm", "@volcengine/openapi", "@huaweicloud/huaweicloud-sdk-core"]) {
  const theirs = startUp(`import "${vendor}";`);
  row({ group: "start-up, Node", what: "import and first call", ours: `${started.toFixed(0)} ms`, against: `${vendor}, import alone ${theirs.toFixed(0)} ms`, value: theirs / started, unit: "× faster" });
}

/**
 * Milliseconds from the import to the first signature, each in processes of its own, by turns: the best of many. A file is run, as
 * programs are: what Node makes of a script on its command line takes a third of all that is to be measured.
 */
function coldStarts(...scripts) {
  const folder = mkdtempSync(join(tmpdir(), "imgferry-cold-"));
  const programs = scripts.map((script, index) => {
    const program = join(folder, `${index}.mjs`);
    writeFileSync(program, `const start = performance.now(); ${script} console.log(performance.now() - start);`);
    return program;
  });
  const once = (program) => Number(execFileSync(process.execPath, [program], { encoding: "utf8" }));
  const rounds = Array.from({ length: 25 }, () => programs.map(once));
  rmSync(folder, { recursive: true });
  return scripts.map((_, index) => Math.min(...rounds.map((round) => round[index])));
}

if (before) {
  const from = (file) => `await import(${JSON.stringify(pathToFileURL(file).href)})`;
  const first = (file) => `const { Signer } = ${from(file)}; new Signer("tencent", ${JSON.stringify(KEY)}).request("SyncImages", ${JSON.stringify(sync)}, { region: "ap-guangzhou" }, ${NOW});`;
  const sign = (file) => `const { sign } = ${from(file)}; sign("tencent", { method: "POST", url: "https://cvm.tencentcloudapi.com/", service: "cvm", timeMs: ${NOW} }, ${JSON.stringify(KEY)});`;
  const [whole, oldWhole, alone, oldAlone] = coldStarts(first(ours), first(join(was, "dist/index.js")), sign(join(ours, "../sign.node.js")), sign(join(was, "dist/sign.js")));
  for (const [what, mine, old] of [["imgferry, Signer", whole, oldWhole], ["imgferry/sign", alone, oldAlone]]) {
    row({ group: "cold start, Node", what: `${what}, import to first signature`, ours: `${mine.toFixed(1)} ms`, against: `${commit} ${old.toFixed(1)} ms`, value: mine / old, unit: `× ${commit}`, at_most: 0.4 });
  }
}

const BROTLI_KB = { "imgferry/sign": 18, "imgferry/tencent": 75, "imgferry/volcengine": 75, "imgferry/huawei": 75, imgferry: 150 };
for (const [what, { raw, gzip, brotli }] of await sizes()) {
  const [size, value] = [`${(raw / 1000).toFixed(0)} KB, gzip ${(gzip / 1000).toFixed(1)} KB`, brotli / 1000];
  const [ours, against] = /imgferry|\.wasm/.test(what) ? [size, ""] : ["", size];
  row({ group: "bundle for one call, minified", what, ours, against, value, unit: "KB brotli", at_most: BROTLI_KB[what] });
}
