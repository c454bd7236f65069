// The driver: what ends it, what it leaves behind, and that no answer is overlooked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { execFile, execFileSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { createServer as createSecure } from "node:https";
import { createServer } from "node:net";
import { join } from "node:path";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Job, eventsOf, run, tick, whyLost } from "imgferry";
import { openPage } from "./chromium.mjs";
import { folder } from "./temporary.mjs";
import { World } from "./sim.mjs";
import { serveWorker } from "./workerd.mjs";

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
  let [launches, stopping] = [0, () => {}];
  const { world, fetch } = cloud(async (action) => {
    if (action === "SyncImages" && ++launches) stopping();
    await sleep(5);
  });
  let [journal, saves] = ["", 0];
  const save = (lines) => {
    journal += lines;
    assert.ok(++saves < 1000, "the driver spins");
  };
  const job = begun();
  const reason = new Error("enough");
  stopping = () => stop.abort(reason);
  await assert.rejects(run(job, KEYS, { fetch, save, signal: stop.signal }), reason);
  const { rows, counts } = job.report();
  assert.ok(rows.length === 2 && rows.every(({ state, launches }) => state === "unfinished" && launches === 1), JSON.stringify(counts));
  assert.equal(launches, 1, "nothing is launched any more");
  // The answer of the launch stands in the journal.
  assert.match(journal, new RegExp(world.images(Date.now()).find(({ name }) => name === "driven").id));
  const resumed = await run(Job.restore(journal, Date.now()).job, KEYS, { fetch });
  assert.deepEqual(resumed.counts, { ready: 2 });
  assert.deepEqual(world.ledger().lanes.map(({ images }) => images.length), [1, 1]);
});

test("a signal that was aborted before sends nothing", async () => {
  const { fetch, world } = cloud();
  const job = begun();
  await assert.rejects(run(job, KEYS, { fetch, signal: AbortSignal.abort() }), { name: "AbortError" });
  assert.deepEqual(job.report().counts, { cancelled: 2 });
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

test("what is aborted while a launch is being saved or told of does not launch", async () => {
  for (const [cloudName, image, from, to] of [["tencent", "img-o3ycss2p", "ap-guangzhou", "ap-shanghai"], ["volcengine", "image-4431h3l7hl31a0example", "cn-beijing", "cn-shanghai"]]) {
    for (const where of ["save", "onEvent"]) {
      const [stop, { world, fetch }] = [new AbortController(), cloud()];
      const job = new Job({ copies: [{ cloud: cloudName, image, from, to: [to], name: "driven" }], policy: PLAN.policy }, Date.now(), 1);
      const stopping = (told) => /"launch|launching/.test(JSON.stringify(told)) && stop.abort(new Error("enough"));
      await assert.rejects(run(job, World.keys(), { fetch, signal: stop.signal, [where]: (told) => void stopping(told) }), /enough/);
      assert.deepEqual([world.ledger().lanes, job.report().counts], [[], { cancelled: 1 }], `${cloudName} ${where}`);
    }
  }
});

test("an onEvent that rejects ends the run, and is waited for", async () => {
  let told = 0;
  const onEvent = async () => {
    await sleep(2);
    if (++told > 2) throw new Error("nobody listens");
  };
  await assert.rejects(run(begun(), KEYS, { ...cloud(), onEvent }), /nobody listens/);
  assert.equal(told, 3);
});

test("without any fetch nothing is begun", async () => {
  const { fetch } = globalThis;
  try {
    delete globalThis.fetch;
    await assert.rejects(run(begun(), KEYS), { name: "ImgferryError", code: "options.fetch", hint: "correct this value" });
  } finally {
    globalThis.fetch = fetch;
  }
});

test("an answer that was taken is kept by nobody", async () => {
  let [signals, taken] = [[], 0];
  const { fetch } = cloud();
  const heard = async (url, init) => {
    signals.push(init.signal);
    const answer = await fetch(url, init);
    return { ...answer, text: async () => (taken++, answer.text()) };
  };
  await run(begun(), KEYS, { fetch: heard });
  assert.ok(taken > 3 && signals.every(({ onabort }) => onabort === null), "a signal that is due in ten minutes holds on to its answer");
});

test("an answer that comes while the journal is being saved is not overlooked", async () => {
  const report = await run(begun(), KEYS, { ...cloud(), save: () => sleep(5) });
  assert.deepEqual(report.counts, { ready: 2 });
});

test("a launch that is throttled is the event of that name, live and out of the journal, with why and no other word", async () => {
  for (const [action, copy] of [
    ["SyncImages", PLAN.copies[0]],
    ["CopyImage", { cloud: "volcengine", image: "image-4431h3l7hl31a0example", from: "cn-beijing", to: ["cn-shanghai"], name: "driven" }],
    ["CopyImageCrossRegion", { cloud: "huawei", image: "465076de-dc36-4aec-80f5-ef9d8009428f", from: "cn-north-4", to: ["cn-south-1"], name: "driven", params: { agency_name: "ims_copy_image" } }],
  ]) {
    const { cloud } = copy;
    const world = new World({ copy_ms: 50, visible_after_ms: 5, script: [{ cloud, action, nth: 1, fault: "throttle" }] }, Date.now());
    const live = [];
    let journal = "";
    const report = await run(new Job({ ...PLAN, copies: [{ ...copy, to: copy.to.slice(0, 1) }] }, Date.now(), 1), World.keys(), { fetch: world.fetch(), save: (lines) => (journal += lines), onEvent: (event) => live.push(event) });
    assert.deepEqual(report.rows.map(({ state, launches }) => [state, launches]), [["ready", 2]], cloud);
    for (const events of [live, eventsOf(journal)]) {
      const [told, ...more] = events.filter(({ event, lane }) => lane === 0 && ["throttled", "retried"].includes(event));
      assert.deepEqual([told.event, told.error.kind, more], ["throttled", "throttled", []], cloud);
      assert.match(told.lanePath, new RegExp(`^${cloud}/${copy.from}→${copy.to[0]}$`));
    }
  }
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
  await assert.rejects(driven, { name: "AbortError" });
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

test("a fetch that hangs deaf to its signal, throws what cannot be read or gives no response costs a request, not the run", async () => {
  const { fetch, world } = cloud();
  const job = new Job({ ...PLAN, policy: { ...PLAN.policy, request_timeout: "50ms" } }, Date.now(), 1);
  const strange = [
    () => new Promise(() => {}), async () => ({ status: 200, headers: [], text: () => new Promise(() => {}) }), async () => undefined, () => "text", async () => ({ status: 200, headers: [] }),
    () => { throw { get message() { throw new Error("from a getter"); } }; }, () => { throw undefined; }, async () => { throw Symbol("strange"); }, async () => { throw new Error("half a pair: \ud800"); },
  ];
  const told = [];
  const report = await run(job, KEYS, { fetch: (...call) => (strange.shift() ?? fetch)(...call), onEvent: ({ error }) => error && told.push(error.message) });
  assert.deepEqual(report.counts, { ready: 2 });
  assert.deepEqual(world.ledger().lanes.map(({ images }) => images.length), [1, 1]);
  assert.ok(told.some((message) => message.endsWith("options.fetch gave no response")), told.join("\n"));
  assert.equal(strange.length, 0);
});

test("when save throws, the answers under way are recorded before run rejects", async () => {
  const job = begun();
  let fails = false;
  const { fetch } = cloud(async () => {
    fails = true;
    await sleep(30);
  });
  const save = () => {
    if (fails) throw new Error("the disk is full");
  };
  await assert.rejects(run(job, KEYS, { fetch, save }), /the disk is full/);
  // What was under way has been answered: the same id is unknown now.
  assert.throws(() => job.lost(Date.now(), 1, "unanswered"), { name: "ImgferryError", kind: "misuse" });
  assert.deepEqual((await run(job, KEYS, cloud())).counts, { ready: 2 });
});

/** A world in which keys end: the second is good all the time, the first for so long. */
function expiring(validMs) {
  const known = [{ id: "AKIDEXAMPLE1", secret: "EXAMPLE-SECRET-1", token: "EXAMPLE-TOKEN-1", valid_ms: validMs }, { id: "AKIDEXAMPLE2", secret: "EXAMPLE-SECRET-2", token: "EXAMPLE-TOKEN-2" }];
  const world = new World({ copy_ms: 400, visible_after_ms: 5, credentials: { tencent: known } }, Date.now());
  const [first, second] = known.map(({ id, secret, token }) => ({ tencent: { id, secret, token } }));
  return { first, second, fetch: world.fetch(), world };
}

test("a key that is refused is asked for once more, before the job gives up", async () => {
  const { second, fetch } = expiring(1);
  const asked = [];
  const report = await run(begun(), (refused) => (asked.push(refused), asked.flat().length > 0 ? second : { tencent: { id: "AKIDEXAMPLE9", secret: "EXAMPLE-SECRET-9" } }), { fetch });
  assert.deepEqual(report.counts, { ready: 2 });
  assert.deepEqual(asked.flat(), ["tencent"]);
});

test("a key that was refused while others were awaited is asked for once more", async () => {
  const { second, fetch } = expiring(1);
  let isRefused = false;
  // The answer is in before the slow provider has told the key of before.
  const slow = async (refused) => {
    isRefused ||= refused.length > 0;
    if (isRefused) return second;
    await sleep(30);
    return { tencent: { id: "AKIDEXAMPLE9", secret: "EXAMPLE-SECRET-9" } };
  };
  assert.deepEqual((await run(begun(), slow, { fetch })).counts, { ready: 2 });
});

test("a provider that throws in mid-run, or gives what is no key, keeps the old keys and is tried later", async () => {
  const { first, second, fetch, world } = expiring(250);
  const [troubles, begunMs] = [[], Date.now()];
  let asked = 0;
  const provider = () => {
    if (++asked === 1) return first;
    if (Date.now() - begunMs < 400) {
      if (asked % 2) throw new Error("half a file");
      return { tencent: { id: '"AKIDEXAMPLE2"', secret: "EXAMPLE-SECRET-2" } };
    }
    return second;
  };
  const report = await run(begun(), provider, { fetch, onKeyTrouble: (error) => troubles.push(error.code ?? error.message) });
  assert.deepEqual(report.counts, { ready: 2 });
  assert.deepEqual([...new Set(troubles)].sort(), ["credentials.id", "half a file"]);
  assert.deepEqual(world.ledger().lanes.map(({ images }) => images.length), [1, 1]);
});

test("a provider that throws at first ends the run, and nothing was sent", async () => {
  const { fetch, world } = cloud();
  await assert.rejects(run(begun(), () => Promise.reject(new Error("no keys yet")), { fetch }), /no keys yet/);
  await assert.rejects(run(begun(), () => ({ tencent: { id: "'AKIDEXAMPLE'", secret: "EXAMPLE-SECRET" } }), { fetch }), { code: "credentials.id", message: /wrapped in quotes/ });
  assert.equal(world.ledger().calls.length, 0);
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

test("what ends a connection that stands is no proof that nothing left", () => {
  const told = (fields) => whyLost(Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error("it broke"), fields) })).why;
  for (const code of ["EHOSTUNREACH", "ENETUNREACH", "ENETDOWN", "EADDRNOTAVAIL", "ETIMEDOUT", "EPROTO", "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC"]) {
    assert.deepEqual([told({ code }), told({ code, syscall: "read" }), told({ code, syscall: "connect" })], ["unanswered", "unanswered", "unsent"], code);
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

/** Answers the first request of a connection; a later one it reads to its end and cuts off, or keeps waiting for long. Counts what arrives. */
async function cutting() {
  const arrivals = {};
  const server = createServer((socket) => {
    let data = "";
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      data += chunk;
      for (;;) {
        const end = data.indexOf("\r\n\r\n") + 4;
        const length = Number(/content-length: (\d+)/i.exec(data.slice(0, end))?.[1] ?? 0);
        if (end < 4 || data.length < end + length) return;
        const path = /^\w+ (\S+)/.exec(data)[1];
        data = data.slice(end + length);
        arrivals[path] = (arrivals[path] ?? 0) + 1;
        if (path.includes("cut")) return socket.destroy();
        socket.write(`HTTP/1.1 ${path.includes("421") ? "421 Misdirected Request" : "200 OK"}\r\ncontent-length: 2\r\n\r\nok`);
      }
    });
  });
  return { arrivals, url: `http://127.0.0.1:${await listening(server)}`, close: () => server.close() };
}

/**
 * In each runtime: a request is answered, the next one to the same host is cut off after it was read, and one is answered 421, upon which
 * the standard of `fetch` sends it again. By `run`'s own fetch, or by the runtime's.
 */
const RESENDING = `
  for (const method of ["GET", "POST"]) {
    const init = { method, headers: [], body: method === "POST" ? "{}" : undefined, redirect: "manual" };
    await (await send(url + "/kept-" + method + which, init)).text();
    await new Promise((resolve) => setTimeout(resolve, 30));
    told.push(await send(url + "/cut-" + method + which, init).then((answer) => answer.text()).catch((error) => whyLost(error).why));
    const answered = await send(url + "/421-" + method + which, init).then(({ status }) => status, (error) => whyLost(error).why);
    if (answered !== 421 && answered !== "unanswered") throw new Error("421 is told as " + answered);
  }
`;

test("what is sent is sent once in Node, Deno and Bun, also when a connection that was used before breaks off", async () => {
  const dist = JSON.stringify(join(import.meta.dirname, "../../wasm/js/dist"));
  const bin = join(import.meta.dirname, "node_modules/.bin");
  for (const [runtime, command] of Object.entries({ node: [process.execPath, "--input-type=module", "-e"], deno: [join(bin, "deno"), "eval"], bun: [join(bin, "bun"), "-e"] })) {
    const { arrivals, url, close } = await cutting();
    const script = `
      const { once } = await import(${dist} + "/once.js"), { whyLost } = await import(${dist} + "/lost.js");
      const [url, told, own] = [${JSON.stringify(url)}, [], once()];
      for (const [which, send] of [["", own.fetch], ["-bare", (...call) => globalThis.fetch(...call)]]) { ${RESENDING} }
      own.close();
      console.log(JSON.stringify(told));
    `;
    try {
      const { stdout } = await promisify(execFile)(command[0], [...command.slice(1), script], { timeout: 60_000 });
      assert.deepEqual(JSON.parse(stdout), Array(4).fill("unanswered"), runtime);
      assert.deepEqual(["/cut-GET", "/cut-POST", "/421-GET", "/421-POST"].map((path) => arrivals[path]), [1, 1, 1, 1], runtime);
      const [get, post, misdirected] = ["/cut-GET", "/cut-POST", "/421-POST"].map((path) => arrivals[`${path}-bare`]);
      console.log(`${runtime}: its own fetch sends a GET ${get} times, a POST ${post} times, and one that is answered 421 ${misdirected} times`);
    } finally {
      close();
    }
  }
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

const CONFIG = `
  using Workerd = import "/workerd/workerd.capnp";
  const config :Workerd.Config = (
    services = [(name = "main", worker = .worker), (name = "internet", network = (allow = ["private", "local"]))],
    sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
  );
  const worker :Workerd.Worker = (
    modules = [(name = "worker", esModule = embed "worker.mjs"), (name = "once.js", esModule = embed "once.js"), (name = "lost.js", esModule = embed "lost.js")],
    compatibilityDate = "2025-01-01",
  );
`;

test("workerd and a browser cannot be told to send once: what they lost may have arrived, and is told so", async (t) => {
  const at = folder();
  for (const name of ["once.js", "lost.js"]) cpSync(join(import.meta.dirname, "../../wasm/js/dist", name), join(at, name));
  writeFileSync(join(at, "config.capnp"), CONFIG);
  writeFileSync(join(at, "worker.mjs"), `
    import { once } from "once.js";
    import { whyLost } from "lost.js";
    export default { async fetch(request) {
      const [url, told, which, send] = [await request.text(), [], "", once().fetch];
      ${RESENDING}
      return Response.json(told);
    } };
  `);
  const worker = await serveWorker(at);
  const browser = await openPage();
  t.after(() => Promise.all([worker.stop(), browser.close()]));
  const script = `(async (url) => {
    const [told, which, send] = [[], "", (...call) => fetch(...call)];
    const { whyLost } = await import(${JSON.stringify(`data:text/javascript,${encodeURIComponent(readFileSync(join(at, "lost.js"), "utf8"))}`)});
    ${RESENDING}
    return told;
  })`;
  for (const [runtime, send] of [
    ["workerd", async (url) => (await fetch(worker.url, { method: "POST", body: url })).json()],
    ["Chromium", async (url) => (await browser.page.goto(`${url}/page`), browser.page.evaluate(`${script}(${JSON.stringify(url)})`))],
  ]) {
    const { arrivals, url, close } = await cutting();
    try {
      assert.deepEqual(await send(url), ["unanswered", "unanswered"], runtime);
      console.log(`${runtime}: a GET is sent ${arrivals["/cut-GET"]} times, a POST ${arrivals["/cut-POST"]} times`);
      if (runtime === "workerd") assert.equal(arrivals["/cut-POST"], 1, "launches of Tencent Cloud and Huawei Cloud are POSTs");
    } finally {
      close();
    }
  }
});

test("a clock that is set back while a job is asked makes no wait longer", async () => {
  const { now } = Date;
  let back = 0;
  Date.now = () => now() - back;
  try {
    for (const drive of [run, tick]) {
      back = 0;
      const { fetch } = cloud();
      let underWay = 0;
      const counted = (...call) => (underWay++, fetch(...call).finally(() => underWay--));
      // A step that has nothing to write down, and no request under way, is a wait; the clock goes back by eleven years then, once.
      const save = (lines) => void (lines === "" && underWay === 0 && (back = 11 * 365 * 86_400_000));
      const waited = drive(begun(), KEYS, { fetch: counted, save });
      const late = sleep(20_000, undefined, { ref: false }).then(() => assert.fail("it waits for the clock"));
      const told = await Promise.race([waited, late]);
      assert.ok(back > 0 && (drive === run ? told.exitCode === 0 : told <= 60_000), JSON.stringify(told));
    }
  } finally {
    Date.now = now;
  }
});
