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
import * as explaining from "imgferry/explain";
import * as tencent from "imgferry/tencent";
import * as volcengine from "imgferry/volcengine";
import * as huawei from "imgferry/huawei";

const { Job, diagnose, prepare, run } = imgferry;
const KEYS = { tencent: { id: "AKIDEXAMPLE", secret: "EXAMPLE-SECRET-TENCENT" } };
const PLAN = { copies: [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai"], name: "surveyed" }], policy: { poll: "20ms", settle: "50ms" } };

const LEVELS = "sign prepare finish verify diagnose check build request read explain regions operations parameters rules needs listImages eventsOf Job Signer run tick history whyLost".split(" ");

test("every entry offers its levels", () => {
  const [loading, errors] = [["init", "initSync"], ["ImgferryError"]];
  const one = "init initSync texts sign prepare finish check build request read explain regions operations parameters rules Signer ImgferryError".split(" ").sort();
  assert.deepEqual(Object.keys(imgferry).sort(), [...LEVELS, ...loading, ...errors, "Refused", "texts"].sort());
  for (const whole of [slim, inline]) assert.deepEqual(Object.keys(whole).sort(), Object.keys(imgferry).sort());
  for (const cloud of [tencent, volcengine, huawei]) assert.deepEqual(Object.keys(cloud).sort(), one);
  assert.deepEqual(Object.keys(sim).sort(), ["World", ...loading, ...errors].sort());
  assert.deepEqual(Object.keys(explaining).sort(), ["investigate", ...loading, ...errors].sort());
  assert.deepEqual(Object.keys(small).sort(), ["sign", "prepare", "finish", ...loading, ...errors].sort());
});

test("the errors of one entry are those of all", () => {
  const entries = [imgferry, small, inline, slim, sim, explaining, tencent, volcengine, huawei];
  const thrown = [() => small.sign("nocloud"), () => explaining.investigate(7), () => new sim.World(7), () => new tencent.Signer("tencent", {})].map((what) => {
    try {
      return what();
    } catch (error) {
      return error;
    }
  });
  const record = { name: "ImgferryError", code: "c", hintZh: "" };
  for (const { ImgferryError } of entries) {
    for (const error of thrown) assert.ok(error instanceof ImgferryError && error instanceof Error, `${error}`);
    for (const other of [new Error("other"), record, null, undefined, "text"]) assert.equal(other instanceof ImgferryError, false);
  }
  const refused = new imgferry.Refused("refused", { reason: "clock", canonicalRequest: null, signedAtMs: null, id: null });
  assert.ok(refused instanceof imgferry.Refused && refused instanceof small.ImgferryError);
  assert.ok(!(thrown[0] instanceof imgferry.Refused));
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

test("a refusal is explained from whatever is in hand", () => {
  const { investigate } = explaining;
  const thrown = investigate("[TencentCloudSDKError] Code=AuthFailure.SecretIdNotFound, Message=no such key, RequestId=r-1");
  assert.deepEqual([thrown.known, thrown.refusals[0].code, thrown.refusals[0].requestId, thrown.refusals[0].message], [true, "AuthFailure.SecretIdNotFound", "r-1", "no such key"]);
  assert.ok(thrown.refusals[0].causeZh && thrown.refusals[0].command === "imgferry doctor tencent");
  assert.equal(investigate("some words").known, false);
  const key = { id: "AKIDEXAMPLE0000000000000000000000001", secret: "EXAMPLE-SECRET-NOT-REAL" };
  const what = { method: "POST", url: "https://cvm.tencentcloudapi.com/", headers: { "X-TC-Action": "SyncImages" }, body: "{}", service: "cvm", timeMs: 1_767_000_000_000 };
  const signed = imgferry.sign("tencent", what, { ...key, secret: `"${key.secret}` });
  const text = JSON.stringify({ method: "POST", url: signed.url, headers: signed.headers, body: "{}" });
  const [request] = investigate(text, { credentials: key, nowMs: what.timeMs }).requests;
  assert.deepEqual([request.operation, request.causes[0].id, request.causes[0].sure], ["SyncImages", "secret.quotes", "certain"]);
  assert.ok(request.causes[0].fixZh && !JSON.stringify(request).includes("NOT-REAL"));
  assert.throws(() => investigate(7), { name: "ImgferryError", code: "text" });
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

const ALL = sim.World.keys();

/** Drives a job by a clock of its own; `look` is called after every step. */
function driven(job, world, now, look = () => {}, most = Infinity) {
  for (let polls = 0; polls < most; polls++) {
    const step = job.poll(now, ALL);
    if (step.type === "done") break;
    if (step.type === "wait") now = step.untilMs;
    else {
      const answer = world.handle(now, step.request);
      if ("lost" in answer) job.lost(now, step.id, answer.lost);
      else job.answer(now, step.id, { status: answer.status, headers: answer.headers, body: answer.body });
    }
    look(now);
  }
  return now;
}

const TWO = {
  copies: [
    { cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai", "ap-beijing"], name: "watched" },
    { cloud: "huawei", image: "465076de-dc36-4aec-80f5-ef9d8009428f", from: "cn-north-4", to: ["cn-south-1"], name: "watched", params: { agency_name: "ims_copy_image" } },
  ],
};

test("events have numbers that only grow, across restarts too, and say where a lane leads", () => {
  const begun = 1_767_225_600_000;
  const world = new sim.World({ copy_ms: 60_000 }, begun);
  const first = new Job(TWO, begun, 1);
  const [events, report] = [[], first.report()];
  let journal = "";
  const take = (job) => () => {
    journal += job.takeJournal();
    events.push(...job.takeEvents());
  };
  const now = driven(first, world, begun, take(first), 12);
  const { job } = Job.restore(journal, now);
  driven(job, world, now, take(job));
  assert.deepEqual(job.report().counts, { ready: 3 });
  events.slice(1).forEach(({ seq }, at) => assert.ok(seq > events[at].seq && Number.isSafeInteger(seq)));
  for (const { lane, lanePath } of events.filter(({ lane }) => lane !== undefined)) {
    const { cloud, from, to } = report.rows[lane];
    assert.equal(lanePath, `${cloud}/${from}→${to}`);
  }
  // The journal tells the same of what is worth a line.
  const told = (events) => events.filter(({ event, lane }) => lane !== undefined && ["launching", "launched", "ready"].includes(event)).map(({ event, lane, atMs, lanePath, imageId }) => [event, lane, atMs, lanePath, imageId]);
  const again = imgferry.eventsOf(journal);
  assert.deepEqual(told(again), told(events));
  again.slice(1).forEach(({ seq }, at) => assert.ok(seq > again[at].seq));
  // So a console has the stages of a row from either.
  for (const { lane } of report.rows) {
    const stages = imgferry.history(events, lane);
    assert.deepEqual([stages[0].event, stages.at(-1).event, stages.at(-1).untilMs], ["launching", "ready", undefined]);
    stages.slice(1).forEach(({ fromMs }, at) => assert.ok(fromMs === stages[at].untilMs && fromMs >= stages[at].fromMs));
    assert.deepEqual(imgferry.history(again, lane).map(({ event }) => event), stages.map(({ event }) => event).filter((event) => again.some((told) => told.lane === lane && told.event === event)));
  }
  assert.deepEqual(imgferry.history(events, 9), []);
  // Compacted it tells how each lane stands, and of the launches of the last seconds, which limits count.
  assert.deepEqual(imgferry.eventsOf(job.compact()).map(({ event }) => event).filter((event) => event !== "launching"), ["ready", "ready", "ready"]);
  assert.deepEqual(imgferry.eventsOf(journal.slice(0, journal.indexOf("\n") + 9)), [], "a last line that is cut off does not count");
  assert.throws(() => imgferry.eventsOf("nothing\n"), { name: "ImgferryError", code: "journal.line" });
  assert.throws(() => imgferry.eventsOf(""), { code: "journal.empty" });
});

test("changes are the rows that have changed, with the exit code and the counts of all", () => {
  const begun = 1_767_225_600_000;
  const world = new sim.World({ copy_ms: 60_000 }, begun);
  const job = new Job(TWO, begun, 1);
  const seen = new Map();
  let since = 0;
  const look = (now) => {
    const { seq, rows, steps, ...rest } = job.changes(now, since);
    const { rows: all, steps: __, ...whole } = job.report();
    assert.deepEqual(rest, whole);
    assert.ok(seq >= since && steps.length === 0);
    for (const row of rows) seen.set(row.lane, row);
    // Whoever takes up what has changed knows all, but for how long it will take.
    const lasting = (rows) => rows.map(({ etaMs, ...row }) => row);
    assert.deepEqual(lasting([...seen.values()].sort((a, b) => a.lane - b.lane)), lasting(all));
    assert.deepEqual(job.changes(now, seq).rows, [], "nothing has changed meanwhile");
    since = seq;
  };
  look(begun);
  assert.equal(seen.size, 3);
  const now = driven(job, world, begun, look);
  assert.equal(job.changes(now, 0).rows.length, 3);
  // Who was away while memory was lost is told all of it.
  const { job: woken } = Job.wake(job.compact(), now + 5);
  assert.equal(woken.changes(now + 5, since).rows.length, 3);
  for (const wrong of [-1, 1.5, "0", undefined]) assert.throws(() => job.changes(now, wrong), { name: "ImgferryError", code: "since" });
});

test("the own images of a region are listed page by page, as they are asked for", async () => {
  const now = Date.now();
  for (const [cloud, region, count] of [["tencent", "ap-guangzhou", 230], ["volcengine", "cn-beijing", 230], ["huawei", "cn-north-4", 1100]]) {
    const images = Array.from({ length: count }, (_, at) => ({ cloud, region, id: cloud === "huawei" ? `465076de-dc36-4aec-80f5-${String(at).padStart(12, "0")}` : `img-${String(at).padStart(8, "0")}`, name: `image-${at}` }));
    const world = new sim.World({ catalogue: false, images }, now);
    let pages = 0;
    const fetch = (url, init) => (pages++, world.fetch()(url, init));
    const ids = [];
    for await (const { id } of imgferry.listImages(cloud, region, ALL[cloud], { fetch })) ids.push(id);
    assert.deepEqual([new Set(ids).size, ids.length], [count, count], cloud);
    assert.ok(pages >= 3, `${cloud}: ${pages}`);
    // Who has seen enough asks for no more.
    pages = 0;
    for await (const image of imgferry.listImages(cloud, { region }, ALL[cloud], { fetch })) {
      assert.equal(image.state, "ready");
      break;
    }
    assert.equal(pages, 1, cloud);
  }
});

test("an image that stands on two pages is listed once, and a page that shows nothing new is the last", async () => {
  const answers = {
    tencent: (url, { body }) => ({ Response: { RequestId: "r", TotalCount: 3, ImageSet: (JSON.parse(body).Offset ? ["img-2", "img-3"] : ["img-1", "img-2"]).map((ImageId) => ({ ImageId })) } }),
    volcengine: () => ({ ResponseMetadata: { RequestId: "r" }, Result: { TotalCount: 9, Images: [{ ImageId: "img-1" }, { ImageId: "img-1" }] } }),
    // A next page for ever, each of another name.
    huawei: (url) => ({ images: [{ id: "img-1" }], page_info: { next_marker: `${new URL(url).searchParams.get("marker") ?? "img"}-1` } }),
  };
  for (const [cloud, region, expected] of [["tencent", "ap-guangzhou", ["img-1", "img-2", "img-3"]], ["volcengine", "cn-beijing", ["img-1"]], ["huawei", "cn-north-4", ["img-1"]]]) {
    let asked = 0;
    const fetch = async (...call) => (asked++, Response.json(answers[cloud](...call)));
    const ids = [];
    for await (const { id } of imgferry.listImages(cloud, region, ALL[cloud], { fetch })) ids.push(id);
    assert.deepEqual([ids, asked], [expected, 2], cloud);
  }
});

test("what a plan needs is told for a policy, before anything is sent", () => {
  const needs = imgferry.needs(PLAN);
  assert.deepEqual([...new Set(needs.map(({ grant }) => grant))].sort(), ["cvm:DescribeImageQuota", "cvm:DescribeImages", "cvm:SyncImages"]);
  assert.deepEqual(needs.find(({ purpose }) => purpose === "launch"), { cloud: "tencent", operation: "SyncImages", grant: "cvm:SyncImages", region: "ap-guangzhou", purpose: "launch", without: "refused" });
  assert.throws(() => imgferry.needs({ copies: [{ cloud: "nobody" }] }), { name: "ImgferryError", kind: "misuse" });
});

test("a row is had without the others", () => {
  const job = new imgferry.Job(PLAN, 1_722_470_400_000, 7);
  assert.deepEqual(job.row(0), job.report().rows[0]);
  assert.equal(job.row(1), null);
  for (const lane of [-1, 2 ** 32, "0"]) assert.throws(() => job.row(lane), { code: "lane" });
});

test("a listing that is refused, has no answer or is given up says so", async () => {
  const { fetch } = cloud();
  const first = (key, options) => imgferry.listImages("tencent", "ap-guangzhou", key, options).next();
  await assert.rejects(first({ id: "AKIDEXAMPLE", secret: "EXAMPLE-SECRET-OTHER" }, { fetch }), { name: "ImgferryError", kind: "auth" });
  const broken = Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:9"), { code: "ECONNREFUSED" }) });
  await assert.rejects(first(ALL.tencent, { fetch: () => Promise.reject(broken) }), { code: "transport.unsent", message: /ECONNREFUSED/, cause: broken });
  const slow = (_, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  await assert.rejects(first(ALL.tencent, { fetch: slow, timeoutMs: 20 }), { code: "transport.unanswered", message: /no answer within 20 ms/ });
  await assert.rejects(first(ALL.tencent, { fetch: () => new Promise(() => {}), timeoutMs: 20 }), { code: "transport.unanswered", message: /no answer within 20 ms/ });
  await assert.rejects(first(ALL.tencent, { fetch: async () => undefined }), { code: "transport.unanswered", message: /options\.fetch gave no response/ });
  const reason = new Error("enough");
  await assert.rejects(first(ALL.tencent, { fetch: slow, signal: AbortSignal.abort(reason) }), reason);
  await assert.rejects(first(ALL.tencent, { fetch, timeoutMs: "soon" }), { code: "timeoutMs" });
});

test("rules and parameters are there at run time", () => {
  for (const cloud of ["tencent", "volcengine", "huawei"]) {
    const rules = imgferry.rules(cloud);
    assert.ok(rules.length > 30 && rules.every(({ id, message, messageZh, severity }) => id.startsWith(`${cloud}.`) && message && messageZh && ["note", "warning", "error"].includes(severity)), cloud);
  }
  const [problem] = imgferry.check("tencent", "SyncImages", { ImageIds: ["img-o3ycss2p"], DestinationRegions: ["ap-guangzhou"] }, { region: "ap-guangzhou" });
  assert.equal(imgferry.rules("tencent").find(({ id }) => id === problem.rule).severity, problem.severity);
  assert.ok(imgferry.rules().some(({ id }) => id === "plan.unknown"));
  const [table] = imgferry.operations("huawei").filter(({ name }) => name === "ListImages");
  assert.deepEqual(imgferry.parameters("huawei", "ListImages"), table.fields);
  assert.throws(() => imgferry.parameters("huawei", "ListImage"), { code: "operation", hint: /did you mean ListImages/ });
  assert.throws(() => imgferry.rules("aws"), { code: "cloud" });
});

test("the schema of plans is in the package, and knows what the types know", async () => {
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, "../../wasm/js/dist/plan.schema.json"), "utf8"));
  const types = readFileSync(join(import.meta.dirname, "../../wasm/js/types/params/plan.d.ts"), "utf8");
  for (const [name, { properties }] of Object.entries({ ...schema.definitions, Plan: schema })) {
    if (!properties || name.includes(".")) continue;
    const [, body] = types.match(new RegExp(`interface ${name} {\n(.*?)\n}`, "s"));
    assert.deepEqual([...body.matchAll(/^ {4}(\w+)\??:/gm)].map(([, field]) => field).sort(), Object.keys(properties).sort(), name);
  }
  assert.equal(schema.definitions["tencent.SyncImages"].properties.DestinationRegions, undefined, "it follows from the plan");
  assert.ok(schema.definitions["huawei.CopyImageCrossRegion"].properties.agency_name.description);
});
