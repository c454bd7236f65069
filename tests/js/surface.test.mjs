// What the package offers, beside what Python and Rust do, and that its typings name all that comes out.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as imgferry from "imgferry";
import * as small from "imgferry/sign";
import * as slim from "imgferry/slim";
import { World } from "./sim.mjs";

const { Job, diagnose, prepare, run } = imgferry;
const KEYS = { tencent: { id: "AKIDEXAMPLE", secret: "EXAMPLE-SECRET-TENCENT" } };
const PLAN = { copies: [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai"], name: "surveyed" }], policy: { poll: "20ms", settle: "50ms" } };

const LEVELS = "sign prepare finish verify diagnose check build request read explain regions operations Job Signer run".split(" ");

test("every entry offers its levels", () => {
  const [loading, errors] = [["init", "initSync"], ["ImgferryError"]];
  assert.deepEqual(Object.keys(imgferry).sort(), [...LEVELS, ...loading, ...errors, "Refused"].sort());
  assert.deepEqual(Object.keys(slim).sort(), Object.keys(imgferry).sort());
  assert.deepEqual(Object.keys(small).sort(), ["sign", "prepare", "finish", ...loading, ...errors].sort());
});

/** A `fetch` into a simulated cloud. */
function cloud() {
  const world = new World({ copy_ms: 50, visible_after_ms: 5 }, Date.now());
  const fetch = async (url, { method, headers, body = "" }) => {
    const answer = world.handle(Date.now(), { method, url, headers, body });
    return { status: answer.status, headers: answer.headers, text: async () => Buffer.from(answer.body).toString() };
  };
  return { world, fetch };
}

test("a survey looks and launches nothing", async () => {
  const { world, fetch } = cloud();
  const survey = async () => {
    let journal = "";
    const report = await run(Job.survey(PLAN, Date.now(), 1), KEYS, { fetch, save: (lines) => void (journal += lines) });
    assert.equal(journal, "");
    return report.counts;
  };
  assert.deepEqual(await survey(), { missing: 1 });
  assert.deepEqual(world.ledger().lanes, []);
  await run(new Job(PLAN, Date.now(), 1), KEYS, { fetch });
  assert.deepEqual(await survey(), { present: 1 });
  assert.throws(() => Job.survey(PLAN, Date.now(), -1), { name: "ImgferryError", code: "seed" });
});

test("a diagnosis says why a signature was refused", () => {
  const { canonicalRequest } = prepare("huawei", { method: "GET", url: "https://ims.cn-north-4.myhuaweicloud.com/v1/cloudimages/quota", timeMs: 1_722_470_400_000 }, { id: "HWAKEXAMPLE" });
  assert.equal(diagnose(canonicalRequest).component, "unknown");
  assert.equal(diagnose(canonicalRequest, JSON.stringify({ error_msg: `verify aksk signature fail, canonicalRequest:${canonicalRequest.replaceAll("\n", "|")}`, error_code: "APIGW.0301" })).component, "secret");
  const large = imgferry.explain("huawei", "APIGW.0301", 401, "calc aksk signature fail:body too large");
  assert.deepEqual([large.kind, large.next.includes("12 MB")], ["invalid", true]);
  const told = diagnose(canonicalRequest, canonicalRequest.replace("ims.cn-north-4", "ims.cn-south-1"));
  assert.deepEqual([told.component, told.ours, told.theirs], ["host", "host:ims.cn-north-4.myhuaweicloud.com", "host:ims.cn-south-1.myhuaweicloud.com"]);
  assert.ok(told.cause && told.causeZh && told.fix && told.fixZh);
  assert.throws(() => diagnose(5), { name: "ImgferryError", code: "canonicalRequest" });
});

test("the typings name every field of a report and of its events", async () => {
  const types = readFileSync(join(import.meta.dirname, "../../wasm/js/types/types.d.ts"), "utf8");
  const named = (name) => [...types.match(new RegExp(`interface ${name} (?:extends .*? )?{\n(.*?)\n}`, "s"))[1].matchAll(/^ {4}(\w+)\??:/gm)].map(([, field]) => field);
  const events = [];
  const report = await run(new Job(PLAN, Date.now(), 1), KEYS, { ...cloud(), onEvent: (event) => events.push(event) });
  assert.deepEqual(Object.keys(report).sort(), named("Report").sort());
  assert.deepEqual(Object.keys(report.rows[0]).sort(), named("Row").sort());
  const told = new Set(events.flatMap(Object.keys));
  assert.deepEqual([...told].filter((field) => !named("Event").includes(field)), []);
});

test("the id that was sent is no new image", () => {
  const body = JSON.stringify({ Response: { ImageSet: [{ ImageId: "img-o3ycss2p", Region: "ap-guangzhou" }], RequestId: "r" } });
  const image = (...params) => imgferry.read("tencent", "SyncImages", { status: 200, headers: [], body }, null, ...params).facts.items[0].image;
  assert.deepEqual([image({ ImageIds: ["img-o3ycss2p"] }), image()], [null, "img-o3ycss2p"]);
});

test("durations want their unit, and misspelt names are told", () => {
  assert.throws(() => new Job({ ...PLAN, policy: { poll: 15 } }, Date.now(), 1), (error) => error.problems.some(({ message }) => message.includes('"500ms"')));
  assert.throws(() => imgferry.operations("tencnet"), (error) => error.hint.startsWith("did you mean tencent?"));
});
