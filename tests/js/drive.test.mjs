// The driver: what ends it, what it leaves behind, and that no answer is overlooked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer as createSecure } from "node:https";
import { createServer } from "node:net";
import { join } from "node:path";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Job, run, tick, whyLost } from "imgferry";
import { folder } from "./temporary.mjs";
import { World } from "./sim.mjs";

const KEYS = { tencent: { id: "AKIDEXAMPLE", secret: "EXAMPLE-SECRET-TENCENT" } };
const PLAN = {
  copies: [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai", "ap-beijing"], name: "driven" }],
  policy: { poll: "20ms", settle: "100ms", visible: "5s", backoff: "20ms", request_timeout: "10m" },
};
const begun = () => new Job(PLAN, Date.now(), 1);

/** A `fetch` into a simulated cloud. `meanwhile` is awaited before each answer, with the name of the operation. */
function cloud(meanwhile = () => turn(), world = new World({ copy_ms: 50, visible_after_ms: 5 }, Date.now())) {
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

test("a second driver of one job is refused", async () => {
  const job = begun();
  const first = run(job, KEYS, cloud());
  await assert.rejects(run(job, KEYS, cloud()), { name: "ImgferryError", kind: "misuse", code: "job.driven" });
  assert.deepEqual((await first).counts, { ready: 2 });
  assert.equal((await run(job, KEYS, cloud())).exitCode, 0);
});

/** Listens on loopback; says the port. */
async function listening(server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server.address().port;
}

test("why a request has no answer, as Node, Deno and Bun tell it", async () => {
  const at = folder();
  const [key, cert] = [join(at, "key.pem"), join(at, "cert.pem")];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"], { stdio: "ignore" });
  const untrusted = createSecure({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => response.end());
  const mute = createServer((socket) => socket.on("error", () => {}).once("data", () => socket.destroy()));
  const gone = createServer();
  const [secure, silent, closed] = [await listening(untrusted), await listening(mute), await listening(gone)];
  await new Promise((resolve) => gone.close(resolve));
  const urls = {
    refused: `http://127.0.0.1:${closed}/`, name: "http://no-such-host.invalid/", certificate: `https://127.0.0.1:${secure}/`,
    handshake: `https://127.0.0.1:${silent}/`, silent: `http://127.0.0.1:${silent}/`,
  };
  const script = `
    import { whyLost } from ${JSON.stringify(join(import.meta.dirname, "../../wasm/js/dist/lost.js"))};
    const told = {};
    for (const [what, url] of Object.entries(${JSON.stringify(urls)})) await fetch(url, { method: "POST", body: "{}" }).catch((error) => (told[what] = whyLost(error)));
    console.log(JSON.stringify(told));
  `;
  const bin = join(import.meta.dirname, "node_modules/.bin");
  try {
    for (const [runtime, command] of Object.entries({
      node: [process.execPath, "--input-type=module", "-e", script], deno: [join(bin, "deno"), "eval", script], bun: [join(bin, "bun"), "-e", script],
    })) {
      const { stdout } = await promisify(execFile)(command[0], command.slice(1), { timeout: 60_000 });
      const told = JSON.parse(stdout);
      // Bun tells a handshake that breaks off as an answer that does.
      const handshake = runtime === "bun" ? "unanswered" : "unsent";
      assert.deepEqual(Object.fromEntries(Object.entries(told).map(([what, { why }]) => [what, why])), { refused: "unsent", name: "unsent", certificate: "blocked", handshake, silent: "unanswered" }, runtime);
      for (const { cause } of Object.values(told)) assert.ok(cause.length > 10, cause);
    }
  } finally {
    for (const server of [untrusted, mute]) server.close();
    untrusted.closeAllConnections();
  }
});

test("a browser does not say why: then it may have arrived", () => {
  const { why, cause } = whyLost(new TypeError("Failed to fetch"));
  assert.deepEqual([why, /Failed to fetch; this runtime does not say why/.test(cause)], ["unanswered", true]);
  for (const thrown of [undefined, null, 5, "ECONNREFUSED", {}, new Error("ECONNREFUSED"), AbortSignal.abort().reason]) assert.equal(whyLost(thrown).why, "unanswered");
});

test("a port that is refused is told in the report, and costs no launch", async () => {
  const refused = Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:9"), { code: "ECONNREFUSED" }) });
  const { world, fetch } = cloud();
  let [launches, told] = [0, ""];
  const once = async (url, init) => {
    if (new Map(init.headers).get("X-TC-Action") === "SyncImages" && launches++ === 0) throw refused;
    return fetch(url, init);
  };
  const report = await run(begun(), KEYS, { fetch: once, onEvent: ({ event, error }) => void (told += event === "retried" ? error.message : "") });
  assert.deepEqual(report.counts, { ready: 2 });
  assert.match(told, /could not be sent: fetch failed: connect ECONNREFUSED/);
  assert.deepEqual(world.ledger().lanes.map(({ images }) => images.length), [1, 1]);
});

test("a certificate that is not trusted ends the run, to be resumed", async () => {
  const untrusted = Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error("self-signed certificate"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }) });
  const report = await run(begun(), KEYS, { fetch: () => Promise.reject(untrusted) });
  assert.deepEqual([report.exitCode, report.rows[0].error.code], [5, "transport.blocked"]);
  assert.match(report.rows[0].error.message, /self-signed certificate/);
});

test("a job lives one turn at a time, its memory in what is saved", async () => {
  const world = new World({ copy_ms: 1800, visible_after_ms: 5 }, Date.now());
  const { fetch } = cloud(() => turn(), world);
  let journal = new Job({ ...PLAN, policy: { ...PLAN.policy, poll: "1200ms" } }, Date.now(), 1).takeJournal();
  let [turns, due] = [0, 0];
  while (due !== null) {
    const { job } = Job.wake(journal, Date.now());
    due = await tick(job, KEYS, { fetch, save: (lines) => void (journal += lines) });
    assert.equal(job.takeJournal(), "", "all was saved");
    job.free();
    assert.ok(++turns < 200, "no end");
    if (due !== null) await sleep(due);
  }
  assert.ok(turns > 1);
  assert.deepEqual(Job.wake(journal, Date.now()).job.report().counts, { ready: 2 });
  assert.deepEqual(world.ledger().lanes.map(({ images }) => images.length), [1, 1]);
});

test("a turn sends as much as it may, and saves what came of it", async () => {
  const { world, fetch } = cloud();
  const job = begun();
  let saved = "";
  assert.equal(await tick(job, KEYS, { fetch, requests: 1, save: (lines) => void (saved += lines) }), 0);
  assert.equal(world.ledger().calls.length, 1);
  assert.ok(saved && job.takeJournal() === "");
  const first = tick(job, KEYS, { fetch });
  await assert.rejects(tick(job, KEYS, { fetch }), { code: "job.driven" });
  await first;
});

test("where saving fails nothing leaves", async () => {
  const { world, fetch } = cloud();
  const save = () => Promise.reject(new Error("the disk is full"));
  await assert.rejects(tick(begun(), KEYS, { fetch, save }), /disk/);
  assert.equal(world.ledger().calls.length, 0);
});
