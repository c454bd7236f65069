// The driver: what ends it, what it leaves behind, and that no answer is overlooked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { Job, run } from "imgferry";
import { World } from "./sim.mjs";

const KEYS = { tencent: { id: "AKIDEXAMPLE", secret: "EXAMPLE-SECRET-TENCENT" } };
const PLAN = {
  copies: [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai", "ap-beijing"], name: "driven" }],
  policy: { poll: "20ms", settle: "100ms", visible: "5s", backoff: "20ms", request_timeout: "10m" },
};
const begun = () => new Job(PLAN, Date.now(), 1);

/** A `fetch` into a simulated cloud. `meanwhile` is awaited before each answer, with the name of the operation. */
function cloud(meanwhile = () => turn()) {
  const world = new World({ copy_ms: 50, visible_after_ms: 5 }, Date.now());
  const fetch = async (url, { method, headers, body = "" }) => {
    const answer = world.handle(Date.now(), { method, url, headers, body });
    await meanwhile(new Map(headers).get("X-TC-Action"));
    return { status: answer.status, headers: answer.headers, text: async () => Buffer.from(answer.body).toString() };
  };
  return { world, fetch };
}

test("aborting while a launch is under way waits for its answer, and the journal goes on", async () => {
  const stop = new AbortController();
  const { world, fetch } = cloud(async (action) => {
    if (action === "SyncImages") stop.abort();
    await sleep(5);
  });
  let [journal, saves] = ["", 0];
  const save = (lines) => {
    journal += lines;
    assert.ok(++saves < 1000, "the driver spins");
  };
  const report = await run(begun(), KEYS, { fetch, save, signal: stop.signal });
  assert.ok(report.rows.every(({ state }) => state !== "ready"), JSON.stringify(report.counts));
  const resumed = await run(Job.restore(journal, Date.now()).job, KEYS, { fetch });
  assert.deepEqual(resumed.counts, { ready: 2 });
  assert.deepEqual(world.ledger().lanes.map(({ images }) => images.length), [1, 1]);
});

test("a signal that was aborted before sends nothing", async () => {
  const { fetch, world } = cloud();
  const report = await run(begun(), KEYS, { fetch, signal: AbortSignal.abort() });
  assert.deepEqual(report.counts, { cancelled: 2 });
  assert.equal(world.ledger().calls.length, 0);
});

test("a signal that is aborted afterwards reaches no job", async () => {
  const stop = new AbortController();
  const job = begun();
  assert.equal((await run(job, KEYS, { ...cloud(), signal: stop.signal })).exitCode, 0);
  job.free();
  stop.abort();
  await turn();
});

for (const [what, options] of [
  ["save", (fail) => ({ save: fail })],
  ["onEvent", (fail) => ({ onEvent: fail })],
]) {
  test(`when ${what} throws, run rejects and leaves nothing that throws later`, async () => {
    const job = begun();
    let calls = 0;
    const fail = () => {
      if (++calls > 2) throw new Error("the disk is full");
    };
    await assert.rejects(run(job, KEYS, { ...cloud(() => sleep(20)), ...options(fail) }), /the disk is full/);
    job.free();
    await sleep(40);
  });
}

test("an answer that comes while the journal is being saved is not overlooked", async () => {
  const report = await run(begun(), KEYS, { ...cloud(), save: () => sleep(5) });
  assert.deepEqual(report.counts, { ready: 2 });
});

test("a wait longer than a timer can be is a wait, and ends with the signal", async () => {
  const stop = new AbortController();
  let polls = 0;
  const job = {
    poll: () => (++polls, stop.signal.aborted ? { type: "done" } : { type: "wait", untilMs: Date.now() + 2 ** 40 }),
    cancel() {}, takeJournal: () => "", takeEvents: () => [], report: () => "over",
  };
  const driven = run(job, {}, { signal: stop.signal });
  await sleep(20);
  stop.abort();
  assert.equal(await driven, "over");
  assert.equal(polls, 2);
});

test("a fetch that throws at once, and answers that break off, are unanswered", async () => {
  const { fetch, world } = cloud();
  let sent = 0;
  const broken = (...call) => {
    sent++;
    if (sent === 1) throw new TypeError("it cannot be sent");
    return sent === 2 ? { status: 200, headers: [], text: () => Promise.reject(new TypeError("terminated")) } : fetch(...call);
  };
  assert.deepEqual((await run(begun(), KEYS, { fetch: broken })).counts, { ready: 2 });
  assert.deepEqual(world.ledger().lanes.map(({ images }) => images.length), [1, 1]);
});
