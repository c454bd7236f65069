// Any value into every exported function, and any sequence of calls into a job: a result or an ImgferryError, never a trap, never a
// secret. `FUZZ_RUNS` says how many of each; a failure prints its seed and the smallest input.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as imgferry from "imgferry";
import { investigate } from "imgferry/explain";
import * as inline from "imgferry/inline";
import * as small from "imgferry/sign";
import { World } from "imgferry/sim";
import { KEYS } from "./sim.mjs";

const { ImgferryError, Job, Signer } = imgferry;
const RUNS = Number(process.env.FUZZ_RUNS ?? 150);
const NOW = 1_767_225_600_000;
const SECRET = 'EXAMPLE"SECRET/+=&%<-NOT-REAL';
const KEY = { id: "AKIDEXAMPLE", secret: SECRET };
const PLAN = { copies: [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai"], name: "golden" }] };
const REQUEST = { method: "POST", url: "https://cvm.tencentcloudapi.com/?a=b", timeMs: NOW, region: "ap-guangzhou", service: "cvm", headers: { "content-type": "application/json" }, body: "{}" };
const PREPARED = imgferry.prepare("tencent", REQUEST, { id: KEY.id });
const { method, url, headers, body, signature } = { ...REQUEST, ...imgferry.sign("tencent", REQUEST, KEY) };
const SIGNED = { method, url, headers, body };
const ANSWER = { status: 200, headers: [["Date", "Thu, 01 Jan 2026 00:00:00 GMT"]], body: '{"Response":{"RequestId":"r","ImageSet":[],"TotalCount":0}}' };
const JOURNAL = new Job(PLAN, NOW, 1).takeJournal();
const FIELDS = [
  ..."cloud method url headers body timeMs nowMs region service id secret token presign derived expiresS signedHeaders unsignedPayload endpoint site".split(" "),
  ..."copies exports image from to name params policy clouds after chain poll rates tags share projects status type length __proto__ constructor then toJSON".split(" "),
];
const WORDS = ["tencent", "volcengine", "huawei", "SyncImages", "CopyImage", "ap-guangzhou", "GET", "https://h.example/a%20b?c=d", "15s", "{date}", "\ud800", "\0", "a\r\nb: c", "unsent", "unanswered"];

const scalar = fc.oneof(fc.constantFrom(...WORDS, undefined, null, NaN, Infinity, -0, 2 ** 53, NOW, 5n), fc.string({ maxLength: 12 }), fc.integer(), fc.double(), fc.boolean());
const { json } = fc.letrec((tie) => ({
  json: fc.oneof({ maxDepth: 3, withCrossShrink: true }, scalar, fc.array(tie("json"), { maxLength: 4 }), fc.dictionary(fc.oneof(fc.constantFrom(...FIELDS), fc.string({ maxLength: 6 })), tie("json"), { maxKeys: 6 })),
}));
const other = fc.anything({ withBigInt: true, withBoxedValues: true, withDate: true, withMap: true, withNullPrototype: true, withObjectString: true, withSet: true, withTypedArray: true, withSparseArray: true, maxDepth: 2 });
const anything = fc.oneof({ weight: 4, arbitrary: json }, { weight: 1, arbitrary: other });

/** A value that is right, that value with some fields changed, or anything. */
function near(right) {
  if (right === null || typeof right !== "object" || Array.isArray(right)) return fc.oneof({ weight: 3, arbitrary: fc.constant(right) }, anything);
  const changed = fc.dictionary(fc.constantFrom(...Object.keys(right), ...FIELDS), anything, { maxKeys: 2 }).map((fields) => ({ ...right, ...fields }));
  return fc.oneof({ weight: 2, arbitrary: fc.constant(right) }, { weight: 3, arbitrary: changed }, anything);
}

/** How each function is called when all is right. */
const RIGHT = {
  sign: ["tencent", REQUEST, KEY, { signedHeaders: ["host"] }],
  prepare: ["tencent", REQUEST, { id: KEY.id }, {}],
  finish: [PREPARED, KEY],
  verify: ["tencent", SIGNED, () => KEY, NOW, { region: "ap-guangzhou" }],
  diagnose: [PREPARED.canonicalRequest, "the server's words"],
  check: ["tencent", "SyncImages", { ImageIds: ["img-o3ycss2p"], DestinationRegions: ["ap-shanghai"] }, { region: "ap-guangzhou" }],
  build: ["volcengine", "CopyImage", { ImageId: "image-1", DestinationRegion: "cn-shanghai", ImageName: "n" }, { region: "cn-beijing" }],
  request: ["huawei", "CopyImageCrossRegion", { image_id: "465076de-dc36-4aec-80f5-ef9d8009428f", name: "n", region: "cn-south-1", project_name: "cn-south-1", agency_name: "a" }, { region: "cn-north-4" }, KEY, NOW],
  read: ["tencent", "DescribeImages", ANSWER, KEY, {}],
  explain: ["tencent", "AuthFailure.SignatureFailure", 200, "words"],
  regions: ["tencent"],
  operations: ["huawei"],
  parameters: ["tencent", "SyncImages"],
  rules: ["tencent"],
  needs: [PLAN],
  eventsOf: [JOURNAL],
  history: [[{ atMs: NOW, seq: 1, event: "launched", lane: 0 }], 0],
  whyLost: [new TypeError("fetch failed")],
  initSync: [undefined],
  Job: [PLAN, NOW, 1, {}],
  "Job.survey": [PLAN, NOW, 1, {}],
  "Job.restore": [JOURNAL, NOW, {}],
  "Job.wake": [JOURNAL, NOW, {}],
  Signer: ["tencent", KEY],
  investigate: ["AuthFailure.SignatureFailure", { answer: "x", credentials: KEY, nowMs: NOW }],
  World: [{ seed: 1, copy_ms: 5, faults: {} }, NOW, 1],
};
/** Loaders of the module, and errors. */
const NO_CALLS = ["init", "texts", "ImgferryError", "Refused", "run", "tick", "listImages"];
const CALLS = {
  ...Object.fromEntries(Object.entries(imgferry).filter(([name]) => !NO_CALLS.includes(name)).map(([name, call]) => [name, ["Job", "Signer"].includes(name) ? (...given) => new call(...given) : call])),
  "Job.survey": Job.survey,
  "Job.restore": Job.restore,
  "Job.wake": Job.wake,
  investigate,
  World: (...given) => new World(...given),
};

/** What it gives, or our error; all else fails the test. No text of either shows the secret. */
function ours(what) {
  let told;
  try {
    told = what();
  } catch (error) {
    told = refused(error);
  }
  quiet(told);
  return told;
}

function refused(error) {
  assert.ok(error instanceof ImgferryError, `${error?.stack ?? error}`);
  assert.notEqual(error.code, "module.trap", error.message);
  assert.ok(error.message && error.code && error.kind);
  return error;
}

/** That nothing in it has the secret: as text, and as others would write it. */
function quiet(told) {
  const text = told instanceof Error ? JSON.stringify({ ...told, message: told.message, stack: told.stack }) : JSON.stringify(told, (_, value) => (typeof value === "bigint" ? `${value}` : value)) ?? "";
  for (const shape of [SECRET, JSON.stringify(SECRET).slice(1, -1), encodeURIComponent(SECRET), btoa(unescape(encodeURIComponent(SECRET)))]) assert.ok(!text.includes(JSON.stringify(shape).slice(1, -1)), "the secret is shown");
}

function free(told) {
  const held = told?.job ?? told;
  if (!(held instanceof Error)) held?.free?.();
}

test("every exported function is called", () => {
  assert.deepEqual(Object.keys(RIGHT).sort(), Object.keys(CALLS).sort());
  for (const [name, given] of Object.entries(RIGHT)) {
    const told = CALLS[name](...given);
    assert.ok(!(told instanceof Error), name);
    free(told);
  }
});

for (const [name, right] of Object.entries(RIGHT)) {
  test(`any values into ${name}`, () => {
    const given = fc.tuple(...right.map(near), fc.array(anything, { maxLength: 1 })).map((values) => [...values.slice(0, -1), ...values.at(-1)]);
    const short = fc.tuple(given, fc.nat(right.length)).map(([values, count]) => values.slice(0, count));
    fc.assert(fc.property(fc.oneof({ weight: 4, arbitrary: given }, short), (values) => free(ours(() => CALLS[name](...values)))), { numRuns: RUNS });
    // The module works on.
    assert.equal(imgferry.sign("tencent", REQUEST, KEY).signature, signature);
  });
}

test("the small entry and the one without files do alike", () => {
  fc.assert(
    fc.property(fc.constantFrom(small, inline), fc.constantFrom("sign", "prepare", "finish"), fc.tuple(...RIGHT.sign.map(near)), near(PREPARED), (entry, name, given, prepared) => {
      free(ours(() => entry[name](...(name === "finish" ? [prepared, given[2]] : given))));
    }),
    { numRuns: RUNS },
  );
});

test("any values into what is asynchronous", async () => {
  const status = fc.constantFrom(200, 404, 500);
  const answered = fc.oneof(fc.tuple(fc.string(), status).map(([body, status]) => () => new Response(body, { status })), json.map((value) => () => value), fc.constant(() => { throw new TypeError("fetch failed"); }));
  const cases = fc.oneof(
    fc.tuple(fc.constant("listImages"), near("tencent"), near("ap-guangzhou"), near(KEY), near({ timeoutMs: 1000 })),
    fc.tuple(fc.constantFrom("run", "tick"), anything.filter((value) => !(value instanceof Job)), near({ tencent: KEY }), near({ budgetMs: 1 })),
    fc.tuple(fc.constant("texts"), near("zh")),
  );
  await fc.assert(
    fc.asyncProperty(cases, answered, async ([name, ...given], answer) => {
      const options = given.at(-1);
      if (name === "listImages") given[3] = { ...(options !== null && typeof options === "object" ? options : {}), fetch: async () => answer() };
      let told;
      try {
        told = imgferry[name](...given);
        if (name === "listImages") {
          let rows = 0;
          for await (const row of told) if (quiet(row), ++rows >= 50) break;
        } else told = await told;
      } catch (error) {
        told = refused(error);
        quiet(told);
      }
    }),
    { numRuns: RUNS },
  );
});

/** What may be done with a job between two of its own steps; each takes the story so far and the values it was drawn with. */
const STEPS = {
  poll: (story, now, keys) => ours(() => story.job.poll(now, keys)),
  answer: (story, now, id, answer) => ours(() => story.job.answer(now, id, answer)),
  lost: (story, now, id, why, cause) => ours(() => story.job.lost(now, id, why, cause)),
  resolve: (story, now, lane, id) => ours(() => story.job.resolve(now, lane, id)),
  row: (story, lane) => ours(() => story.job.row(lane)),
  changes: (story, now, since) => ours(() => story.job.changes(now, since)),
};
const wrong = fc.oneof(
  fc.tuple(fc.constant("poll"), anything, anything),
  fc.tuple(fc.constant("answer"), near(NOW), fc.oneof(fc.constant(2 ** 31), anything.filter((id) => !Number.isInteger(id))), near(ANSWER)),
  fc.tuple(fc.constant("lost"), near(NOW), fc.oneof(fc.constant(2 ** 31), anything.filter((id) => !Number.isInteger(id))), near("unanswered"), anything),
  fc.tuple(fc.constant("resolve"), near(NOW), anything.filter((lane) => ![0, 1, 2].includes(lane)), anything),
  fc.tuple(fc.constant("row"), anything),
  fc.tuple(fc.constant("changes"), near(NOW), anything),
);
/** What becomes of a request. */
const fate = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ reaches: true, comes: true }) },
  fc.record({ reaches: fc.boolean(), comes: fc.constant(false) }),
  // Another's words in place of the cloud's.
  fc.record({ reaches: fc.boolean(), comes: fc.constant(false), instead: fc.record({ status: fc.integer({ min: 100, max: 599 }), headers: fc.constant([]), body: fc.string({ maxLength: 40 }) }) }),
);
const turn = fc.oneof({ weight: 6, arbitrary: fate.map((fate) => ["step", fate]) }, { weight: 2, arbitrary: wrong }, { weight: 1, arbitrary: fc.constantFrom(["restored"], ["woken"], ["compacted"]) });

test("any sequence of calls, losses, foreign answers and restarts makes every copy once", () => {
  const plan = { copies: ["ap-shanghai", "ap-beijing", "ap-singapore"].map((to) => ({ ...PLAN.copies[0], to: [to] })) };
  fc.assert(
    fc.property(fc.nat(2 ** 20), fc.array(turn, { maxLength: 60 }), (seed, turns) => {
      const world = new World({ seed, copy_ms: [5000, 20000], visible_after_ms: 2000 }, NOW);
      const story = { job: new Job(plan, NOW, seed), now: NOW, journal: "" };
      const save = () => (story.journal += story.job.takeJournal());
      save();
      const again = (made) => {
        story.job.free();
        story.job = made;
      };
      const step = ({ reaches, comes, instead }) => {
        const told = story.job.poll(story.now, KEYS);
        save();
        quiet(story.job.takeEvents());
        if (told.type === "wait") story.now = Math.max(story.now + 1, told.untilMs);
        if (told.type !== "send") return told.type;
        const answer = reaches ? world.handle(story.now, told.request) : { lost: "unanswered" };
        story.now += 20;
        const { afterMs, ...arrived } = answer;
        const what = comes && !("lost" in answer) ? arrived : instead;
        if (what) story.job.answer(story.now, told.id, what);
        else story.job.lost(story.now, told.id, "unanswered");
        save();
        return told.type;
      };
      for (const [name, ...given] of turns) {
        if (name === "step") step(given[0]);
        else if (name === "restored") again(Job.restore(story.journal, story.now).job);
        else if (name === "woken") again(Job.wake(story.journal, story.now).job);
        else if (name === "compacted") story.journal = story.job.compact();
        else STEPS[name](story, ...given);
        save();
      }
      // Calm weather, and whoever wants it to go on: what ended in doubt or in foreign words is taken up again.
      again(Job.restore(story.journal, story.now).job);
      for (let polls = 0; step({ reaches: true, comes: true }) !== "done"; polls++) assert.ok(polls < 5000, "it does not end");
      const [report, { lanes }] = [story.job.report(), world.ledger()];
      quiet(report);
      for (const lane of lanes) assert.ok(lane.images.length <= 1, `made twice: ${JSON.stringify(lane)}`);
      // What a plan's key or a foreign answer ended is told with a reason.
      for (const row of report.rows) {
        const made = lanes.find((lane) => lane.region === row.to)?.images ?? [];
        assert.ok(["ready", "present"].includes(row.state) ? made.includes(row.imageId) : row.error?.code, JSON.stringify(row));
      }
      again({ free() {} });
      world.free();
    }),
    { numRuns: RUNS },
  );
});

test("any requests into a world, and any calls of a signer", () => {
  const world = new World({ seed: 1 }, NOW);
  const signer = new Signer("tencent", KEY);
  const received = { method: "POST", target: "/?a=b", headers: [["host", "cvm.tencentcloudapi.com"]], body: "{}" };
  const call = fc.oneof(
    fc.tuple(fc.constant("handle"), near(NOW), near(SIGNED)),
    fc.tuple(fc.constant("arrived"), near(NOW), near(received)),
    fc.tuple(fc.constant("images"), near(NOW)),
    fc.tuple(fc.constant("sign"), near(REQUEST), near({ signedHeaders: ["host"] })),
    fc.tuple(fc.constant("request"), ...RIGHT.check.slice(1).map(near), near(NOW)),
  );
  fc.assert(fc.property(call, ([name, ...given]) => void ours(() => (name in Signer.prototype ? signer : world)[name](...given))), { numRuns: 2 * RUNS });
  for (const held of [world, signer]) held.free();
});
