// What the package offers, beside what Python and Rust do, and that its typings name all that comes out.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as imgferry from "imgferry";
import * as small from "imgferry/sign";
import * as inline from "imgferry/inline";
import * as slim from "imgferry/slim";
import * as sim from "imgferry/sim";

const { Job, diagnose, prepare, run } = imgferry;
const KEYS = { tencent: { id: "AKIDEXAMPLE", secret: "EXAMPLE-SECRET-TENCENT" } };
const PLAN = { copies: [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai"], name: "surveyed" }], policy: { poll: "20ms", settle: "50ms" } };

const LEVELS = "sign prepare finish verify diagnose check build request read explain regions operations Job Signer run tick whyLost".split(" ");

test("every entry offers its levels", () => {
  const [loading, errors] = [["init", "initSync"], ["ImgferryError"]];
  assert.deepEqual(Object.keys(imgferry).sort(), [...LEVELS, ...loading, ...errors, "Refused"].sort());
  for (const whole of [slim, inline]) assert.deepEqual(Object.keys(whole).sort(), Object.keys(imgferry).sort());
  assert.deepEqual(Object.keys(sim).sort(), ["World", ...loading, ...errors].sort());
  assert.deepEqual(Object.keys(small).sort(), ["sign", "prepare", "finish", ...loading, ...errors].sort());
});

/** A `fetch` into a simulated cloud. */
function cloud(scenario = {}) {
  const world = new sim.World({ copy_ms: 50, visible_after_ms: 5, ...scenario }, Date.now());
  return { world, fetch: world.fetch() };
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

test("a person's word ends a doubt, and stands in the journal", async () => {
  const stopping = { ...PLAN, policy: { ...PLAN.policy, ambiguity: "stop" } };
  const { world, fetch } = cloud({ script: [{ action: "SyncImages", nth: 1, fault: "lost_before" }] });
  let journal = "";
  const save = (lines) => void (journal += lines);
  const job = new Job(stopping, Date.now(), 1);
  const { exitCode, rows: [row] } = await run(job, KEYS, { fetch, save });
  assert.deepEqual([exitCode, row.state, row.launches], [7, "ambiguous", 1]);
  for (const [lane, id] of [[1, null], [-1, null], [row.lane, ""], [row.lane, "img-o3ycss2p"], [row.lane, 5], ["0", null], [row.lane]]) {
    assert.throws(() => job.resolve(Date.now(), lane, id), { name: "ImgferryError", kind: "misuse" }, `${lane} ${id}`);
  }
  job.resolve(Date.now(), row.lane, null);
  const woken = Job.wake(journal + job.takeJournal(), Date.now()).job;
  assert.deepEqual((await run(woken, KEYS, { fetch })).counts, { ready: 1 });
  assert.deepEqual(world.ledger().lanes.map(({ images }) => images.length), [1]);
});

test("a word that it is there is looked at", async () => {
  const scenario = { visible_after_ms: 2000, script: [{ action: "SyncImages", nth: 1, fault: "lost_after" }] };
  const { world, fetch } = cloud(scenario);
  const job = new Job({ ...PLAN, policy: { ...PLAN.policy, ambiguity: "stop" } }, Date.now(), 1);
  const [row] = (await run(job, KEYS, { fetch })).rows;
  assert.equal(row.state, "ambiguous");
  const { id } = world.images(Date.now()).find(({ name }) => name === "surveyed");
  job.resolve(Date.now(), row.lane, id);
  const [after] = (await run(job, KEYS, { fetch })).rows;
  assert.deepEqual([after.state, after.imageId, after.launches, after.error], ["ready", id, 1, null]);
});

test("the simulator is a world of its own: what it is told is refused in words, and the same requests make it again", () => {
  assert.throws(() => new sim.World({ faults: { lost: 1 } }, 5), ({ name, problems }) => name === "ImgferryError" && problems.length > 0);
  for (const wrong of [[{}, 1.5], [{}, 5, 0], [{}, 5, "fast"]]) assert.throws(() => new sim.World(...wrong), { name: "ImgferryError" });
  const now = Date.now();
  const asked = imgferry.request("tencent", "DescribeImages", {}, { region: "ap-guangzhou" }, KEYS.tencent, now);
  const [one, other] = [new sim.World({ seed: 3 }, now), new sim.World({ seed: 3 }, now)].map((world) => [world.handle(now, asked), world.ledger()]);
  assert.deepEqual(one, other);
  assert.equal(one[0].status, 200);
  assert.deepEqual(Object.keys(sim.World.keys()).sort(), ["huawei", "tencent", "volcengine"]);
  const world = new sim.World({}, now);
  world.free();
  assert.throws(() => world.ledger(), { code: "world.freed" });
});
