// The edge worker in workerd: replications that survive whatever happens to it, and a worker that cannot be misled.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import * as esbuild from "esbuild";
import { verify } from "imgferry";
import { openPage } from "./chromium.mjs";
import { KEYS, serve } from "./sim.mjs";
import { folder } from "./temporary.mjs";
import { TOKENS, configured, serveEdge } from "./wrangler.mjs";

const source = join(import.meta.dirname, "../../wasm/worker/src");
const { SignJWT, exportJWK, generateKeyPair, base64url } = await import(join(source, "../node_modules/jose/dist/webapi/index.js"));
const PAGE = "http://127.0.0.1:5173";
const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
const stranger = await generateKeyPair("ES256");
const JWT = { issuer: "https://id.example.com", audience: "imgferry", jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: "one", alg: "ES256" }] } };
let [sim, config, worker, storage] = [];

before(async () => {
  sim = await serve({ copy_ms: [1500, 4000], visible_after_ms: 100 });
  config = configured(sim.url, { JWT });
  storage = folder();
  worker = await serveEdge(config, storage);
});
after(async () => {
  await worker?.stop();
  sim?.close();
});

const policy = { poll: "100ms", settle: "300ms", visible: "5s", backoff: "50ms", backoff_max: "300ms" };
const copies = {
  tencent: { cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai", "ap-singapore", "ap-beijing"] },
  volcengine: { cloud: "volcengine", image: "image-4431h3l7hl31a0example", from: "cn-beijing", to: ["cn-shanghai"] },
  huawei: { cloud: "huawei", image: "465076de-dc36-4aec-80f5-ef9d8009428f", from: "cn-north-4", to: ["cn-south-1"], params: { agency_name: "ims_copy_image" } },
};

/** A plan for these clouds, each image under that name. */
function planned(name, clouds = Object.keys(copies), changes = {}) {
  return { copies: clouds.map((cloud) => ({ ...copies[cloud], name, ...changes })), policy };
}

/** Looks until a replication has ended. */
async function ended(edge, job) {
  for (let looks = 0; looks < 300; looks++) {
    const { status, json, text } = await edge.as("reader")("GET", `/jobs/${job}`).catch((error) => ({ text: String(error) }));
    assert.ok(status === 200 || status === undefined, text);
    if (json?.state === "ended") return json;
    await sleep(100);
  }
  throw new Error(`${job} did not end: ${edge.logs().slice(-600)}`);
}

/** That every copy of that name is there, once. */
function carried(name, expected, { world } = sim) {
  const { lanes, violations } = world.ledger();
  assert.deepEqual(lanes.filter((lane) => lane.name === name).map(({ images }) => images.length), Array(expected).fill(1));
  assert.deepEqual(violations, []);
}

test("a replication over three clouds goes on after the worker was killed in the middle, again and again", async (t) => {
  const at = folder();
  let edge = await serveEdge(config, at);
  t.after(() => edge.stop());
  const plan = planned("golden-edge");
  const begun = await edge.as("launcher")("PUT", "/jobs/nightly", plan);
  assert.equal(begun.status, 201, begun.text);
  assert.deepEqual(begun.json.clouds, ["tencent", "volcengine", "huawei"]);
  for (const pause of [60, 700, 250]) {
    await sleep(pause);
    await edge.stop();
    edge = await serveEdge(config, at);
  }
  const again = await edge.as("launcher")("PUT", "/jobs/nightly", plan);
  assert.equal(again.status, 200, "beginning twice begins nothing");
  const report = await ended(edge, "nightly");
  assert.deepEqual(report.counts, { ready: 5 }, JSON.stringify(report.rows));
  assert.deepEqual(report.rows.map(({ path }) => path), ["copies[0].to[0]", "copies[0].to[1]", "copies[0].to[2]", "copies[1].to[0]", "copies[2].to[0]"]);
  carried("golden-edge", 5);
  assert.ok(!edge.logs().includes("EXAMPLE-SECRET"), "no log tells a secret");
});

test("a storage that fails now and then, alarms included, loses nothing and doubles nothing", async (t) => {
  const frail = join(folder(), "frail.ts");
  // Every seventh write to a journal fails, and every fifth alarm cannot be set.
  writeFileSync(frail, `
    import worker from ${JSON.stringify(join(source, "worker.ts"))};
    import { Account as Whole } from ${JSON.stringify(join(source, "account.ts"))};
    import { Journals } from ${JSON.stringify(join(source, "journal.ts"))};
    export { Directory } from ${JSON.stringify(join(source, "directory.ts"))};
    export default worker;
    let [writes, alarms] = [0, 0];
    const append = Journals.prototype.append;
    Journals.prototype.append = function (...given) {
      if (given[1] && ++writes % 7 === 0) throw new Error("storage is out of order");
      return append.apply(this, given);
    };
    export class Account extends Whole {
      constructor(ctx: DurableObjectState, env: any) {
        super(ctx, env);
        const bound = (of: any, name: string) => (typeof of[name] === "function" ? of[name].bind(of) : of[name]);
        const setAlarm = (time: number) => (++alarms % 5 === 0 ? Promise.reject(new Error("no alarm")) : ctx.storage.setAlarm(time));
        const storage = new Proxy(ctx.storage, { get: (of, name: string) => (name === "setAlarm" ? setAlarm : bound(of, name)) });
        Object.defineProperty(this, "ctx", { value: new Proxy(ctx, { get: (of, name: string) => (name === "storage" ? storage : bound(of, name)) }) });
      }
    }
  `);
  const edge = await serveEdge({ ...config, main: frail });
  t.after(() => edge.stop());
  let begun;
  for (let tries = 0; tries < 10 && begun?.status !== 200; tries++) begun = await edge.as("launcher")("PUT", "/jobs/nightly", planned("golden-frail"));
  assert.equal(begun.status, 200, begun.text);
  const report = await ended(edge, "nightly");
  assert.deepEqual(report.counts, { ready: 5 }, JSON.stringify(report.rows));
  carried("golden-frail", 5);
  assert.match(edge.logs(), /turn failed/);
});

/** The worker with these lines in front of its own, in which its parts are called `Journals` and `Account`. */
function altered(lines) {
  const file = join(folder(), "altered.ts");
  writeFileSync(file, `
    import worker from ${JSON.stringify(join(source, "worker.ts"))};
    import { Journals } from ${JSON.stringify(join(source, "journal.ts"))};
    export { Account } from ${JSON.stringify(join(source, "account.ts"))};
    export { Directory } from ${JSON.stringify(join(source, "directory.ts"))};
    export default worker;
    ${lines}
  `);
  return file;
}

test("a storage that is full is told with what to do, and what stood still goes on by itself", async (t) => {
  const main = altered(`
    let writes = 0;
    const append = Journals.prototype.append;
    Journals.prototype.append = function (...given) {
      if (given[1] && ++writes > 4 && writes < 9) throw new Error("database or disk is full: SQLITE_FULL");
      return append.apply(this, given);
    };
  `);
  const own = await serve({ copy_ms: 300, visible_after_ms: 40 });
  t.after(() => own.close());
  const edge = await serveEdge({ ...configured(own.url), main });
  t.after(() => edge.stop());
  assert.equal((await edge.as("launcher")("PUT", "/jobs/full", planned("golden-full", ["tencent"]))).status, 201);
  let told;
  for (let looks = 0; looks < 100 && !told; looks++) [, { json: { trouble: told } }] = await Promise.all([sleep(50), edge.as("reader")("GET", "/jobs/full")]);
  assert.deepEqual([told.code, told.kind], ["storage", "quota"]);
  assert.match(`${told.message} ${told.hint}`, /is full: nothing more is sent, what is stored is kept delete replications that have ended/);
  // The list tells it too, as long as it is so.
  const listed = async () => (await edge.as("reader")("GET", "/jobs")).json.jobs.map(({ name, trouble }) => [name, trouble?.code ?? null]);
  assert.deepEqual(await listed(), [["full", "storage"]]);
  const report = await ended(edge, "full");
  assert.deepEqual([report.counts, report.trouble, await listed()], [{ ready: 3 }, null, [["full", null]]]);
  carried("golden-full", 3, own);
});

test("a journal that cannot be read, and a key that is missing, are told; the first holds up no other replication", async (t) => {
  const text = JSON.stringify({ imgferry: 99, started: 5, seed: "7", plan: {} });
  const main = altered(`
    const read = Journals.prototype.read;
    Journals.prototype.read = function (name) { return name === "newer" ? ${JSON.stringify(`${createHash("sha256").update(text).digest("hex").slice(0, 8)} ${text}\n`)} : read.call(this, name); };
  `);
  const own = await serve({ copy_ms: 300, visible_after_ms: 40 });
  t.after(() => own.close());
  const edge = await serveEdge({ ...configured(own.url, { KEYS: JSON.stringify({ default: { tencent: KEYS.tencent } }) }), main });
  t.after(() => edge.stop());
  for (const name of ["newer", "younger"]) assert.equal((await edge.as("launcher")("PUT", `/jobs/${name}`, planned(`golden-${name}`, ["tencent"]))).status, 201);
  assert.deepEqual((await ended(edge, "younger")).counts, { ready: 3 });
  carried("golden-younger", 3, own);
  const { json } = await edge.as("reader")("GET", "/jobs/newer");
  assert.match(`${json.message} ${json.hint}`, /version 99[\s\S]*nothing was lost/);
  assert.deepEqual((await edge.as("reader")("GET", "/jobs?state=ended")).json.jobs.map(({ name }) => name), ["younger"]);
  assert.equal((await edge.as("launcher")("PUT", "/jobs/keyless", planned("golden-keyless", ["huawei"]))).status, 201);
  let told;
  for (let looks = 0; looks < 100 && !told; looks++) [, { json: { trouble: told } }] = await Promise.all([sleep(50), edge.as("reader")("GET", "/jobs/keyless")]);
  assert.deepEqual([told.code, told.message, told.messageZh, told.hint], ["keys", "the worker has no key of huawei for the account default", "worker 没有账号 default 在 huawei 的密钥", "give it one in KEYS; nothing was lost"]);
  // What stands still is listed before what goes on, whose cloud has nothing to do with it.
  const { jobs } = (await edge.as("reader")("GET", "/jobs")).json;
  assert.deepEqual(jobs.map(({ name, trouble }) => [name, trouble?.code ?? null]), [["keyless", "keys"], ["newer", "journal.version"], ["younger", null]]);
  carried("golden-keyless", 0, own);
});

test("a cloud that does not answer, or refuses, is no fault of the request", async (t) => {
  let [status, body] = [200, JSON.stringify({ Response: { Error: { Code: "AuthFailure.SecretIdNotFound", Message: "no such id" }, RequestId: "r-1" } })];
  const cloud = createServer((request, response) => (status === 0 ? request.socket.destroy() : response.writeHead(status, { "content-type": "application/json" }).end(body)));
  await new Promise((resolve) => cloud.listen(0, "127.0.0.1", resolve));
  t.after(() => cloud.close());
  const edge = await serveEdge(configured(`http://127.0.0.1:${cloud.address().port}`));
  t.after(() => edge.stop());
  const look = async () => {
    const { status, json } = await edge.as("reader")("GET", "/images?cloud=tencent&region=ap-guangzhou");
    return [status, json.kind, json.code, json.message, json.messageZh];
  };
  const refused = await look();
  assert.deepEqual(refused, [502, "auth", "AuthFailure.SecretIdNotFound", "no such id", "tencent 拒绝了请求：“no such id”"]);
  [status, body] = [503, "<html>busy</html>"];
  assert.deepEqual((await look()).slice(0, 2), [502, "server"]);
  status = 0;
  const silent = await look();
  assert.deepEqual(silent.slice(0, 3), [502, "server", "cloud"]);
  assert.match(silent[3], /^127\.0\.0\.1:\d+ does not answer: /);
  assert.match(silent[4], /^127\.0\.0\.1:\d+ 没有应答：“.+”$/);
});

test("a replication is listed, followed, and told again from any point", async () => {
  const [read, launch] = [worker.as("reader"), worker.as("launcher")];
  assert.equal((await launch("PUT", "/jobs/followed", planned("golden-followed", ["tencent"]))).status, 201);
  const stream = await fetch(`${worker.url}/jobs/followed/events`, { headers: { authorization: "Bearer reader", accept: "text/event-stream" } });
  const first = (await read("GET", "/jobs/followed?limit=2")).json;
  assert.deepEqual([first.rows.length, first.next !== null], [2, true]);
  const second = (await read("GET", `/jobs/followed?limit=2&page=${first.next}`)).json;
  assert.deepEqual([second.rows.map(({ lane }) => lane), second.next], [[2], null]);
  const told = await stream.text();
  const report = await ended(worker, "followed");
  assert.deepEqual(report.counts, { ready: 3 });
  const streamed = [...told.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data)).slice(0, -1);
  const { events, next, ended: over } = (await read("GET", "/jobs/followed/events?limit=5000")).json;
  assert.deepEqual(streamed, events);
  assert.deepEqual(events.map(({ seq }) => seq), events.map((_, at) => at + 1));
  assert.ok(over && events.filter(({ event }) => event === "ready").length === 3);
  // From the middle, as after a connection that broke.
  const rest = await fetch(`${worker.url}/jobs/followed/events`, { headers: { authorization: "Bearer reader", accept: "text/event-stream", "last-event-id": "3" } });
  assert.equal([...(await rest.text()).matchAll(/^data: \{"seq"/gm)].length, events.length - 3);
  assert.equal((await read("GET", `/jobs/followed/events?since=${next}`)).json.events.length, 0);
  // Nothing has changed since: no row comes again.
  assert.equal((await read("GET", `/jobs/followed?since=${report.seq}`)).json.rows.length, 0);
  const { jobs } = (await read("GET", "/jobs?state=ended")).json;
  assert.deepEqual(jobs.find(({ name }) => name === "followed").counts, { ready: 3 });
  const { lines } = (await read("GET", "/jobs/followed/journal?cloud=tencent")).json;
  assert.ok(lines.includes("imgferry") && !lines.includes("SECRET"));
  assert.match((await read("GET", "/metrics")).text, /what="answers_2xx"\} [1-9]/);
});

test("another plan under a used name is a conflict; what has ended is deleted, what runs is not", async () => {
  const launch = worker.as("launcher");
  const plan = planned("golden-named", ["huawei"]);
  assert.equal((await launch("PUT", "/jobs/named", plan)).status, 201);
  const other = await launch("PUT", "/jobs/named", planned("golden-other", ["huawei"]));
  assert.deepEqual([other.status, other.json.code], [409, "job.name"]);
  const sorted = { policy: plan.policy, copies: plan.copies.map((copy) => Object.fromEntries(Object.entries(copy).reverse())) };
  assert.equal((await launch("PUT", "/jobs/named", sorted)).status, 200, "the order of fields is no difference");
  const early = await launch("DELETE", "/jobs/named");
  assert.deepEqual([early.status, early.json.code], [409, "job.running"]);
  await ended(worker, "named");
  assert.equal((await launch("DELETE", "/jobs/named")).status, 204);
  assert.equal((await launch("GET", "/jobs/named")).status, 404);
});

test("what is deleted goes whole or not at all, whoever else begins, resumes or deletes it meanwhile", async () => {
  const launch = worker.as("launcher");
  // Huawei's account has others before it: this replication has ended on Tencent Cloud when it has not there.
  for (const before of [1, 2, 3]) assert.equal((await launch("PUT", `/jobs/before${before}`, planned(`golden-before${before}`, ["huawei"]))).status, 201);
  assert.equal((await launch("PUT", "/jobs/half", planned("golden-half", ["tencent", "huawei"]))).status, 201);
  let half;
  for (let looks = 0; looks < 200 && half?.parts[0].state !== "ended"; looks++) [, { json: half }] = await Promise.all([sleep(50), launch("GET", "/jobs/half")]);
  assert.deepEqual(half.parts.map(({ state }) => state), ["ended", "queued"]);
  const early = await launch("DELETE", "/jobs/half");
  assert.deepEqual([early.status, early.json.code], [409, "job.running"]);
  assert.equal((await launch("GET", "/jobs/half")).json.rows.length, 4, "nothing of it is gone");
  assert.deepEqual((await ended(worker, "half")).counts, { ready: 4 });
  for (let round = 0; round < 5; round++) {
    const name = `golden-tide${round}`;
    const work = [["PUT", "", planned(name, ["tencent"])], ["DELETE", ""], ["POST", "/cancel"], ["POST", "/resume"]];
    const answers = await Promise.all(Array.from({ length: 16 }, (_, at) => launch(work[at % 4][0], `/jobs/tide${work[at % 4][1]}`, work[at % 4][2])));
    assert.ok(answers.every(({ status }) => [200, 201, 202, 204, 404, 409].includes(status)), answers.map(({ status, text }) => `${status} ${text}`).join("\n"));
    // It is there, and it is that plan: nothing of another one carries on beneath the name.
    assert.ok([200, 201].includes((await launch("PUT", "/jobs/tide", work[0][2])).status));
    await ended(worker, "tide");
    await launch("POST", "/jobs/tide/resume");
    const { rows } = await ended(worker, "tide");
    assert.deepEqual([...new Set(rows.map((row) => row.name))], [name]);
    carried(name, 3);
    assert.equal((await launch("DELETE", "/jobs/tide")).status, 204);
  }
  assert.equal((await launch("GET", "/jobs/tide")).status, 404);
});

test("one account carries one replication at a time, in order; what is cancelled is resumed", async () => {
  const [read, launch] = [worker.as("reader"), worker.as("launcher")];
  for (const name of ["turn-1", "turn-2"]) assert.equal((await launch("PUT", `/jobs/${name}`, planned(`golden-${name}`, ["volcengine"]))).status, 201);
  const [part] = (await read("GET", "/jobs/turn-2")).json.parts;
  assert.deepEqual([part.state, part.ahead], ["queued", 1]);
  assert.equal((await launch("POST", "/jobs/turn-2/cancel")).status, 202);
  const cancelled = await ended(worker, "turn-2");
  assert.deepEqual(cancelled.counts, { cancelled: 1 });
  carried("golden-turn-1", 1);
  carried("golden-turn-2", 0);
  assert.equal((await launch("POST", "/jobs/turn-2/resume")).status, 202);
  const resumed = await ended(worker, "turn-2");
  assert.deepEqual(resumed.counts, { ready: 1 }, JSON.stringify(resumed.rows));
  carried("golden-turn-2", 1);
});

test("an ambiguous launch takes a person's word", async (t) => {
  const world = await serve({ copy_ms: 300, visible_after_ms: 40, script: [{ cloud: "tencent", action: "SyncImages", nth: 1, fault: "lost_before" }] });
  t.after(() => world.close());
  const edge = await serveEdge(configured(world.url));
  t.after(() => edge.stop());
  const launch = edge.as("launcher");
  const plan = planned("golden-doubt", ["tencent"], { to: ["ap-shanghai"] });
  const begun = await launch("PUT", "/jobs/doubt", { ...plan, policy: { ...policy, ambiguity: "stop" } });
  assert.equal(begun.status, 201, begun.text);
  const doubt = await ended(edge, "doubt");
  assert.deepEqual([doubt.exitCode, doubt.counts], [7, { ambiguous: 1 }]);
  const bad = await launch("POST", "/jobs/doubt/resolve", { cloud: "tencent", lane: 9, imageId: null });
  assert.equal(bad.status, 400, bad.text);
  assert.equal((await launch("POST", "/jobs/doubt/resolve", { cloud: "tencent", lane: 0 })).status, 400);
  const [{ name }] = (await launch("GET", "/jobs")).json.jobs;
  assert.equal(name, "doubt");
  assert.equal((await launch("POST", "/jobs/doubt/resolve", { cloud: "tencent", lane: 0, imageId: null })).status, 202);
  assert.deepEqual((await ended(edge, "doubt")).counts, { ready: 1 });
  assert.deepEqual(world.world.ledger().lanes.map(({ images }) => images.length), [1]);
});

test("the images of a region are told page by page, to the last one", async (t) => {
  const many = ["tencent", "volcengine", "huawei"].flatMap((cloud) =>
    Array.from({ length: 250 }, (_, at) => ({ cloud, region: copies[cloud].from, id: cloud === "huawei" ? `465076de-dc36-4aec-80f5-${String(at).padStart(12, "0")}` : `${cloud === "tencent" ? "img" : "image"}-${String(at).padStart(8, "0")}`, name: `image-${at}` })));
  const world = await serve({ catalogue: false, images: many });
  t.after(() => world.close());
  const edge = await serveEdge(configured(world.url));
  t.after(() => edge.stop());
  for (const cloud of ["tencent", "volcengine", "huawei"]) {
    const ids = [];
    for (let page = ""; page !== null; ) {
      const { status, json, text } = await edge.as("reader")("GET", `/images?cloud=${cloud}&region=${copies[cloud].from}${page && `&page=${encodeURIComponent(page)}`}`);
      assert.equal(status, 200, text);
      ids.push(...json.images.map(({ id }) => id));
      page = json.next;
    }
    assert.deepEqual([ids.length, new Set(ids).size], [250, 250], cloud);
  }
});

test("a survey tells what is there, images are listed, a plan is checked; nothing is launched", async () => {
  const read = worker.as("reader");
  const before = sim.world.ledger().lanes.length;
  const { status, json, text } = await read("POST", "/survey", planned("golden-survey"));
  assert.deepEqual([status, json?.counts], [200, { missing: 5 }], text);
  const { images } = (await read("GET", "/images?cloud=tencent&region=ap-guangzhou")).json;
  assert.ok(images.some(({ id }) => id === "img-o3ycss2p"));
  for (const cloud of ["volcengine", "huawei"]) assert.ok((await read("GET", `/images?cloud=${cloud}&region=${copies[cloud].from}`)).json.images.length > 0);
  assert.equal((await read("GET", "/images?cloud=tencent&region=ap-tokyo")).json.code, "at.region");
  assert.deepEqual((await read("POST", "/check", planned("golden-x"))).json.problems.filter(({ severity }) => severity === "error"), []);
  const [problem] = (await read("POST", "/check", planned("silver"))).json.problems.filter(({ severity }) => severity === "error");
  assert.equal(problem.rule, "worker.allow");
  assert.equal(sim.world.ledger().lanes.length, before);
});

test("keys that come late are used without a new start", async (t) => {
  let keys = { tencent: KEYS.tencent };
  const provider = createServer((request, response) => {
    const isOurs = request.url === "/keys/default" && request.headers.authorization === "Bearer EXAMPLE-PROVIDER";
    response.writeHead(isOurs ? 200 : 403, { "content-type": "application/json" }).end(isOurs ? JSON.stringify(keys) : "{}");
  });
  await new Promise((resolve) => provider.listen(0, "127.0.0.1", resolve));
  t.after(() => provider.close());
  const { vars, ...own } = config;
  const { KEYS: _, ...others } = vars;
  const edge = await serveEdge({ ...own, vars: { ...others, KEYS_URL: `http://127.0.0.1:${provider.address().port}/keys/`, KEYS_TOKEN: "EXAMPLE-PROVIDER" } });
  t.after(() => edge.stop());
  assert.equal((await edge.as("launcher")("PUT", "/jobs/keys", planned("golden-keys", ["huawei"]))).status, 201);
  await sleep(1500);
  assert.equal((await edge.as("reader")("GET", "/jobs/keys")).json.counts.ready, undefined);
  keys = KEYS;
  const report = await ended(edge, "keys");
  assert.deepEqual(report.counts, { ready: 1 }, JSON.stringify(report.rows));
});

test("a key that is refused is asked for once more, and what never left costs no launch", async (t) => {
  const [outdated, asked] = [{ tencent: { id: "AKIDEXAMPLE9", secret: "EXAMPLE-SECRET-9" } }, []];
  const provider = createServer((_, response) => {
    asked.push(Date.now());
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(asked.length === 1 ? outdated : KEYS));
  });
  // In front of the simulator: for the first launch the platform says that it came to no server, the second is cut off.
  let launches = 0;
  const gate = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const isLaunch = request.headers["x-tc-action"] === "SyncImages";
    if (isLaunch && ++launches === 1) return response.writeHead(521, { server: "cloudflare", "content-type": "text/plain" }).end("error code: 521");
    if (isLaunch && launches === 2) return request.socket.destroy();
    const headers = request.rawHeaders.flatMap((name, index, all) => (index % 2 ? [] : [[name, all[index + 1]]]));
    const answer = sim.world.arrived(Date.now(), { method: request.method, target: request.url, headers, body: Buffer.concat(chunks) });
    if ("lost" in answer) return request.socket.destroy();
    response.writeHead(answer.status, answer.headers.flat()).end(answer.body);
  });
  for (const server of [provider, gate]) await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => [provider, gate].forEach((server) => server.close().closeAllConnections()));
  const gated = configured(`http://127.0.0.1:${gate.address().port}`, { KEYS_URL: `http://127.0.0.1:${provider.address().port}/keys/` });
  delete gated.vars.KEYS;
  const edge = await serveEdge(gated);
  t.after(() => edge.stop());
  assert.equal((await edge.as("launcher")("PUT", "/jobs/gate", planned("golden-gate", ["tencent"]))).status, 201);
  const report = await ended(edge, "gate");
  assert.deepEqual(report.counts, { ready: 3 }, JSON.stringify(report.rows));
  carried("golden-gate", 3);
  const counted = (await edge.as("reader")("GET", "/metrics")).text;
  for (const why of ["unsent", "unanswered"]) assert.ok(counted.includes(`what="${why}"} 1\n`), counted);
  const { events } = (await edge.as("reader")("GET", "/jobs/gate/events?limit=5000")).json;
  assert.deepEqual(events.filter(({ event }) => event === "credentials").length, 1);
  assert.ok(events.some(({ event, error }) => event === "retried" && /refused the connection \(521\)/.test(error.message)), JSON.stringify(events));
});

test("keys from before stay in use while their provider is out of order, but not when they were refused", async (t) => {
  const file = join(folder(), "keys.mjs");
  const dist = join(import.meta.dirname, "../../wasm/js/dist");
  await esbuild.build({ entryPoints: [join(source, "keys.ts")], bundle: true, format: "esm", platform: "node", outfile: file, alias: { imgferry: join(dist, "names.js") } });
  const { keyOf } = await import(file);
  t.mock.timers.enable({ apis: ["Date"], now: 1_767_225_600_000 });
  let [status, asked] = [200, 0];
  const env = { KEYS: { fetch: async () => (asked++, new Response(JSON.stringify(KEYS), { status })) } };
  const key = (fresh) => keyOf(env, "default", "tencent", fresh);
  assert.deepEqual([await key(), await key(), asked], [{ tencent: KEYS.tencent }, { tencent: KEYS.tencent }, 1]);
  status = 500;
  t.mock.timers.tick(61_000);
  assert.deepEqual([await key(), asked], [{ tencent: KEYS.tencent }, 2]);
  await assert.rejects(key(true), /does not give them/);
  status = 200;
  assert.deepEqual([await key(true), asked], [{ tencent: KEYS.tencent }, 4]);
});

test("a journal that has grown is written anew and goes on after a restart; what is over for long is deleted by itself", async (t) => {
  const at = folder();
  const keeping = configured(sim.url, { LIMITS: { retention_days: 0, turn_ms: 1000 } });
  let edge = await serveEdge(keeping, at);
  t.after(() => edge.stop());
  const plan = { copies: Array.from({ length: 40 }, (_, at) => ({ ...copies.volcengine, name: `golden-grown-${at}` })), policy };
  assert.equal((await edge.as("launcher")("PUT", "/jobs/grown", plan)).status, 201);
  const metrics = async () => (await edge.as("reader")("GET", "/metrics")).text;
  while (!/what="compactions"\} [1-9]/.test(await metrics())) {
    const { json } = await edge.as("reader")("GET", "/jobs/grown");
    assert.notEqual(json.state, "ended", "it was written anew before its end");
    await sleep(100);
  }
  await edge.stop();
  edge = await serveEdge(keeping, at);
  assert.deepEqual((await ended(edge, "grown")).counts, { ready: 40 });
  for (let number = 0; number < 40; number++) carried(`golden-grown-${number}`, 1);
  const scheduled = async () => (await fetch(`${edge.url}/__scheduled`)).text();
  await sleep(20);
  for (let tries = 0; tries < 20 && (await edge.as("reader")("GET", "/jobs/grown")).status !== 404; tries++) {
    await scheduled();
    await sleep(100);
  }
  const { status, json } = await edge.as("reader")("GET", "/jobs/grown");
  assert.deepEqual([status, json.code], [404, "job"]);
  assert.equal((await edge.as("launcher")("PUT", "/jobs/grown", plan)).status, 201, "its name is free");
  assert.match(edge.logs(), /"expired"/);
});

test("nobody gets in but who has a token of this worker, and does what the token's roles say", async (t) => {
  const claims = { roles: ["read"] };
  const token = (change = {}) => {
    const { key = privateKey, header = { alg: "ES256", kid: "one" }, issuer = JWT.issuer, audience = JWT.audience, until = "5m", more = claims } = change;
    return new SignJWT(more).setProtectedHeader(header).setSubject("jo").setIssuer(issuer).setAudience(audience).setExpirationTime(until).sign(key);
  };
  assert.equal((await worker.as(await token())("GET", "/jobs")).status, 200);
  assert.equal((await worker.as(await token({ more: { roles: "read launch" } }))("POST", "/jobs/none/cancel")).status, 404);
  const good = await token();
  const [head, body, signature] = good.split(".");
  const part = (value) => base64url.encode(JSON.stringify(value));
  const long = JSON.parse(new TextDecoder().decode(base64url.decode(body)));
  const shared = new TextEncoder().encode(JSON.stringify(JWT.jwks.keys[0]));
  for (const [what, bearer] of [
    ["no token", undefined], ["an empty one", ""], ["an unknown one", "stranger"], ["a digest in place of a token", JSON.parse(config.vars.TOKENS)[0].sha256],
    ["alg none", `${part({ alg: "none" })}.${body}.`], ["alg None", `${part({ alg: "None" })}.${body}.`], ["alg none with a signature", `${part({ alg: "none" })}.${body}.${signature}`],
    ["a shared secret made of the public key", await token({ key: shared, header: { alg: "HS256", kid: "one" } })],
    ["a key of its own", await token({ key: stranger.privateKey })],
    ["a key within the token", await token({ key: stranger.privateKey, header: { alg: "ES256", jwk: await exportJWK(stranger.publicKey) } })],
    ["an address of keys within the token", await token({ key: stranger.privateKey, header: { alg: "ES256", kid: "one", jku: sim.url } })],
    ["another issuer", await token({ issuer: "https://evil.example.com" })], ["another audience", await token({ audience: "other" })],
    ["an expired one", await token({ until: "-5m" })], ["other claims under the signature", `${head}.${part({ ...long, roles: ["read", "launch", "sign"] })}.${signature}`],
    ["no end", await new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid: "one" }).setSubject("jo").setIssuer(JWT.issuer).setAudience(JWT.audience).sign(privateKey)],
    ["one that is far too long", "a".repeat(9000)], ["three dots", "..."], ["a token with brackets", `${part([])}.${body}.${signature}`],
  ]) {
    const { status, headers, json } = await worker.as(bearer)("GET", "/jobs");
    assert.deepEqual([status, json.code], [401, "access.token"], what);
    assert.match(headers.get("www-authenticate"), /^Bearer/);
  }
  assert.match((await worker.as(await token({ until: "-5m" }))("GET", "/jobs")).json.message, /expired/);
  const routes = [
    ["GET", "/", "read"], ["GET", "/jobs", "read"], ["GET", "/jobs/x", "read"], ["GET", "/jobs/x/events", "read"], ["GET", "/jobs/x/journal", "read"], ["GET", "/images", "read"],
    ["GET", "/metrics", "read"], ["POST", "/check", "read"], ["POST", "/survey", "read"], ["PUT", "/jobs/x", "launch"], ["DELETE", "/jobs/x", "launch"],
    ["POST", "/jobs/x/cancel", "launch"], ["POST", "/jobs/x/resume", "launch"], ["POST", "/jobs/x/resolve", "launch"], ["POST", "/sign", "sign"],
  ];
  for (const [who, roles] of Object.entries(TOKENS)) {
    for (const [method, path, role] of routes) {
      const { status, json } = await worker.as(who)(method, path, method === "GET" || method === "DELETE" ? undefined : "{}");
      assert.equal(status === 403 && json.code === "access.role", !roles.includes(role), `${who} ${method} ${path}: ${status}`);
    }
  }
  const closed = await serveEdge({ ...config, vars: { ...config.vars, TOKENS: "[]", JWT: undefined } });
  t.after(() => closed.stop());
  assert.deepEqual([(await closed.as("launcher")("GET", "/jobs")).status, (await closed.as()("GET", "/health")).status], [503, 200]);
});

test("only pages of allowed origins are answered", async () => {
  for (const [origin, path, status] of [[PAGE, "/jobs", 204], [PAGE, "/sign", 204], ["http://evil.example.com", "/jobs", 403], ["null", "/jobs", 403], [`${PAGE}.evil.example.com`, "/jobs", 403]]) {
    const { status: told, headers } = await worker.as(undefined, { origin, "access-control-request-method": "PUT", "access-control-request-headers": "authorization" })("OPTIONS", path);
    assert.equal(told, status, origin);
    assert.equal(headers.get("access-control-allow-origin"), status === 204 ? origin : null);
    assert.equal(headers.get("access-control-allow-credentials"), null);
  }
  const read = await worker.as("reader", { origin: PAGE })("GET", "/jobs");
  assert.deepEqual([read.status, read.headers.get("access-control-allow-origin")], [200, PAGE]);
  const refused = await worker.as("stranger", { origin: PAGE })("GET", "/jobs");
  assert.equal(refused.headers.get("access-control-allow-origin"), PAGE, "a page reads why it was refused");
  assert.equal((await worker.as("reader", { origin: "http://evil.example.com" })("GET", "/jobs")).status, 403);
  for (const { headers } of [read, refused, await worker.as("reader")("GET", "/nowhere")]) {
    assert.deepEqual([headers.get("cache-control"), headers.get("x-content-type-options")], ["no-store", "nosniff"]);
    assert.match(headers.get("vary"), /Origin/);
  }
});

test("wrong requests are told what is wrong, and the worker works on", async (t) => {
  const launch = worker.as("launcher");
  for (const [method, path, body, status, code] of [
    ["GET", "/nowhere", undefined, 404, "path"], ["GET", "/sign", undefined, 405, "method"], ["POST", "/jobs/a", "{}", 405, "method"], ["PUT", "/jobs/", "{}", 404, "path"],
    ["PUT", "/jobs/a/b", "{}", 404, "path"], ["PUT", "/jobs/..%2fa", "{}", 400, "name"], ["PUT", `/jobs/${"a".repeat(101)}`, "{}", 400, "name"], ["PUT", "/jobs/%E9%95%9C%E5%83%8F", "{}", 400, "name"], ["PUT", "/jobs/a", "nightly", 400, "body"],
    ["PUT", "/jobs/a", "", 400, "body"], ["PUT", "/jobs/a", "[".repeat(100_000), 400, "body"], ["PUT", "/jobs/a", `{"copies":${"[".repeat(5000)}${"]".repeat(5000)}}`, 400, "body"],
    ["PUT", "/jobs/a", new Uint8Array([0x7b, 0xff, 0x7d]), 400, "body"], ["PUT", "/jobs/a", " ".repeat(8_400_000), 413, "body"],
    ["PUT", "/jobs/a", "null", 400, "plan.field"], ["PUT", "/jobs/a", "[]", 400, "plan.field"], ["PUT", "/jobs/a", "{}", 400, "plan.empty"],
    ["PUT", "/jobs/a", { copies: [{ cloud: "aws" }] }, 400, /^plan/], ["PUT", "/jobs/a", { copies: [null] }, 400, /^plan/], ["PUT", "/jobs/a", { copies: 5, exports: "x", clouds: 7 }, 400, /^plan/],
    ["PUT", "/jobs/a", { ...planned("golden-a"), copies: [...planned("golden-a").copies, { cloud: "aws" }] }, 400, /^plan/],
    ["PUT", "/jobs/a?account=other", planned("golden-a"), 403, "account"], ["GET", "/jobs/none", undefined, 404, "job"], ["GET", "/jobs?limit=-1", undefined, 400, "limit"],
    ["GET", "/images?cloud=aws&region=x", undefined, 400, "cloud"], ["POST", "/jobs/none/resolve", "{}", 404, "job"],
  ]) {
    const { status: told, json, text } = await launch(method, path, body);
    assert.equal(told, status, `${method} ${path} ${text.slice(0, 300)}`);
    assert.match(json.code, new RegExp(code), text);
    assert.ok(json.name === "ImgferryError" && json.message && json.hint && /\p{Script=Han}/u.test(json.messageZh) && json.hintZh && Array.isArray(json.problems), text);
  }
  // Without its length, longer than may be.
  let pieces = 160;
  const endless = new ReadableStream({ pull: (stream) => (pieces-- > 0 ? stream.enqueue(new TextEncoder().encode(" ".repeat(65_536))) : stream.close()) });
  const long = await fetch(`${worker.url}/jobs/a`, { method: "PUT", body: endless, duplex: "half", signal: AbortSignal.timeout(10_000), headers: { authorization: "Bearer launcher" } }).then((answer) => answer.status, () => "closed");
  assert.ok(long === 413 || long === "closed", String(long));
  assert.equal((await launch("GET", "/jobs/a")).status, 404);
  const narrow = await serveEdge({ ...config, ratelimits: [{ ...config.ratelimits[0], simple: { limit: 5, period: 60 } }], vars: { ...config.vars, LIMITS: { jobs: 1, copies: 3 } } });
  t.after(() => narrow.stop());
  const many = await narrow.as("launcher")("PUT", "/jobs/many", planned("golden-many"));
  assert.deepEqual([many.status, many.json.code], [413, "plan.copies"]);
  assert.match(many.json.message, /5 destinations.*3/);
  const one = planned("golden-few", ["huawei"]);
  assert.equal((await narrow.as("launcher")("PUT", "/jobs/one", one)).status, 201);
  assert.deepEqual([(await narrow.as("launcher")("PUT", "/jobs/two", one)).json.code], ["jobs.most"]);
  const statuses = await Promise.all(Array.from({ length: 6 }, () => narrow.as("reader")("GET", "/jobs").then(({ status }) => status)));
  assert.ok(statuses.includes(429), `${statuses}`);
});

test("no plan has the worker sign for a stranger, or do what the list does not allow", async (t) => {
  const caught = [];
  const stranger = createServer((request, response) => {
    caught.push(request.url);
    response.end("{}");
  });
  await new Promise((resolve) => stranger.listen(0, "127.0.0.1", resolve));
  t.after(() => stranger.close());
  const evil = `http://127.0.0.1:${stranger.address().port}`;
  const launch = worker.as("launcher");
  const tencent = (changes) => planned("golden-bad", ["tencent"], changes);
  for (const [what, plan, code] of [
    ["an endpoint", { ...tencent(), clouds: { tencent: { endpoint: evil } } }, "clouds.tencent.endpoint"],
    ["an endpoint, signed for the vendor", { ...tencent(), clouds: { tencent: { endpoint: evil, sign_host: "official" } } }, "clouds.tencent"],
    ["the vendor's host signed for the bound endpoint", { ...tencent(), clouds: { tencent: { endpoint: sim.url, sign_host: "official" } } }, "clouds.tencent.sign_host"],
    ["another site", { ...tencent(), clouds: { tencent: { site: "international" } } }, "clouds.tencent.site"],
    ["another account", { ...tencent(), clouds: { tencent: { uin: "100000000002" } } }, "clouds.tencent.uin"],
    ["projects of others", { ...planned("golden-bad", ["huawei"]), clouds: { huawei: { projects: { "cn-north-4": "00000000000000000000000000000000" } } } }, "clouds.huawei.projects"],
    ["a cloud that the plan does not use", { ...tencent(), clouds: { huawei: { endpoint: evil } } }, "clouds.huawei.endpoint"],
    ["a region that is not listed", tencent({ from: "ap-beijing", to: ["ap-shanghai"] }), "copies[0].to[0].from"],
    ["a destination that is not listed", tencent({ to: ["na-ashburn"] }), "copies[0].to[0].DestinationRegions"],
    ["a destination that may not be looked at", tencent({ to: ["ap-shanghai", "ap-tokyo"] }), "copies[0].to[1].to"],
    ["a name", tencent({ name: "silver" }), "copies[0].to[0].ImageName"],
    ["a name of one destination", tencent({ to: [{ region: "ap-shanghai", name: "silver" }] }), "copies[0].to[0].ImageName"],
    ["a name that the image gives", tencent({ name: undefined }), "copies[0].to[0].name"],
    ["a name by template", tencent({ name: "{to}-golden-x" }), "copies[0].to[0].ImageName"],
    ["an image", planned("golden-bad", ["volcengine"], { image: "image-../x" }), ""],
    ["a parameter", tencent({ to: ["ap-guangzhou"], params: { Encrypt: true, KmsKeyId: "x" } }), "copies[0].to[0].Encrypt"],
    ["a parameter of one destination", tencent({ to: [{ region: "ap-guangzhou", params: { Encrypt: true } }] }), "copies[0].to[0].Encrypt"],
    ["an agency", planned("golden-bad", ["huawei"], { params: { agency_name: "other" } }), "copies[0].to[0].agency_name"],
    ["sharing", tencent({ after: { share: ["100000000002"] } }), "copies[0].to[0]"],
    ["sharing of one destination", tencent({ to: [{ region: "ap-shanghai", after: { share: ["100000000002"] } }] }), "copies[0].to[0]"],
    ["renaming", tencent({ after: { rename: "silver" } }), "copies[0].to[0]"],
    ["a description", tencent({ description: "x" }), "copies[0].to[0]"],
    ["deleting", tencent({ chain: { delete_intermediates: true } }), "copies[0].to[0]"],
    // A null of a destination does not take back what its copy asks for.
    ["a description behind a null", tencent({ after: { description: "x" }, to: [{ region: "ap-shanghai", after: { description: null } }] }), "copies[0].to[0]"],
    ["renaming behind a null", tencent({ after: { rename: "silver" }, to: [{ region: "ap-shanghai", after: { rename: null } }] }), "copies[0].to[0]"],
    ["deleting behind a null", tencent({ chain: { delete_intermediates: true }, to: [{ region: "ap-shanghai", chain: { delete_intermediates: null } }] }), ""],
    ["another key behind a null", tencent({ chain: { cmk_id: "k-1" }, to: [{ region: "ap-shanghai", chain: { cmk_id: null } }] }), "copies[0].to[0]"],
    ["an export", { exports: [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", params: { BucketName: "b-1250000000" } }] }, "exports[0]"],
  ]) {
    const { status, json, text } = await launch("PUT", "/jobs/bad", plan);
    assert.ok(status === 403 || (code === "" && status === 400), `${what}: ${status} ${text.slice(0, 300)}`);
    assert.ok(json.code.startsWith(code), `${what}: ${json.code}`);
    const checked = (await launch("POST", "/check", plan)).json.problems;
    assert.ok(checked.some(({ severity }) => severity === "error"), what);
    assert.notEqual((await launch("POST", "/survey", plan)).status, 200, what);
  }
  assert.equal((await launch("GET", "/jobs/bad")).status, 404);
  assert.deepEqual(caught, []);
  // Whatever a plan comes to: a host that is not listed is sent nothing.
  const { vars } = config;
  const elsewhere = await serveEdge({ ...config, vars: { ...vars, CLOUDS: { ...vars.CLOUDS, huawei: { ...vars.CLOUDS.huawei, endpoint: `${evil}/{region}` } } } });
  t.after(() => elsewhere.stop());
  assert.equal((await elsewhere.as("launcher")("PUT", "/jobs/elsewhere", planned("golden-bad", ["huawei"]))).status, 201);
  const { rows: [row] } = await ended(elsewhere, "elsewhere");
  assert.ok(row.launches === 0 && row.error, JSON.stringify(row));
  assert.deepEqual(caught, []);
});

test("a plan of 60,000 copies is carried by the memory of one object", async (t) => {
  const big = await serve({ copy_ms: 600_000, busy_source: false, limits: { "tencent.*": 0 }, quotas: { tencent: 100_000 } });
  t.after(() => big.close());
  const ALLOW = config.vars.ALLOW.map((entry) => (entry.operation === "SyncImages" ? { ...entry, params: { ...entry.params, ImageName: "g.*" } } : entry));
  const at = folder();
  const vars = { ALLOW, LIMITS: { turn_ms: 3000 } };
  let edge = await serveEdge(configured(big.url, vars), at);
  t.after(() => edge.stop());
  const to = ["ap-shanghai", "ap-singapore", "ap-beijing", "ap-nanjing"];
  const plan = { copies: Array.from({ length: 15_000 }, (_, at) => ({ ...copies.tencent, to, name: `g${at}` })), policy: { reconcile: false, check_quota: false } };
  const begun = Date.now();
  const { status, json, text } = await edge.as("launcher")("PUT", "/jobs/big", plan);
  assert.equal(status, 201, text);
  assert.deepEqual(json.counts, { inspecting: 60_000 });
  const created = Date.now() - begun;
  const launched = async () => big.world.images(Date.now()).length;
  const first = await launched();
  while ((await launched()) < first + 8) await sleep(300);
  await edge.stop();
  const before = await launched();
  edge = await serveEdge(configured(big.url, vars), at);
  const woken = Date.now();
  while ((await launched()) <= before) await sleep(300);
  t.diagnostic(`created in ${created} ms, woken and launching again after ${Date.now() - woken} ms`);
  const page = (await edge.as("reader")("GET", "/jobs/big?limit=100")).json;
  assert.equal(page.rows.length, 100);
  assert.deepEqual(big.world.ledger().violations, []);
});

test("a page has its requests signed, and nothing else", async () => {
  const page = await esbuild.build({
    nodePaths: [join(import.meta.dirname, "node_modules")], bundle: true, format: "esm", logLevel: "error", write: false, alias: { imgferry: "imgferry/inline" },
    stdin: { contents: `import { prepared } from ${JSON.stringify(join(source, "page.ts"))}; Object.assign(globalThis, { prepared });`, resolveDir: import.meta.dirname },
  });
  const browser = await openPage();
  try {
    await browser.page.addScriptTag({ type: "module", content: page.outputFiles[0].text });
    await browser.page.waitForFunction("globalThis.prepared");
    const params = { ImageIds: ["img-o3ycss2p"], DestinationRegions: ["ap-nanjing"], ImageName: "golden-page", ImageSetRequired: true };
    const at = { region: "ap-guangzhou", endpoint: sim.url };
    const asked = await browser.page.evaluate(([params, at, id, now]) => globalThis.prepared("tencent", "SyncImages", params, at, { id }, now), [params, at, KEYS.tencent.id, Date.now()]);
    const ask = async (changed) => {
      const { status, text, json } = await worker.as("signer")("POST", "/sign", JSON.stringify(changed));
      assert.ok(!text.includes(KEYS.tencent.secret));
      return { status, ...json };
    };
    const signed = await ask(asked);
    assert.equal(signed.status, 200, signed.message);
    const body = asked.prepared.from.request.body;
    assert.equal(verify("tencent", { method: "POST", url: signed.url, headers: signed.headers, body }, () => KEYS.tencent, Date.now()).id, KEYS.tencent.id);
    // The page sends it itself, and the cloud takes it.
    const launched = await browser.page.evaluate(
      async ([url, headers, body]) => (await fetch(url, { method: "POST", headers: headers.filter(([name]) => name.toLowerCase() !== "host"), body })).json(),
      [signed.url, signed.headers, body],
    );
    assert.match(launched.Response.ImageSet[0].ImageId, /^img-/);
    // What was signed for one action and region is good for no other.
    for (const [header, value] of [["X-TC-Action", "DeleteImages"], ["X-TC-Region", "ap-beijing"]]) {
      const response = await fetch(signed.url, { method: "POST", headers: signed.headers.map(([name, own]) => [name, name === header ? value : own]), body });
      assert.equal((await response.json()).Response.Error?.Code, "AuthFailure.SignatureFailure", header);
    }
    const everything = JSON.stringify(await browser.page.evaluate(() => document.documentElement.outerHTML)) + JSON.stringify(asked) + JSON.stringify(signed);
    assert.ok(!everything.includes(KEYS.tencent.secret), "the secret never reaches the page");

    const prepareAnew = (change) =>
      browser.page.evaluate(([operation, params, at, id, now]) => globalThis.prepared("tencent", operation, params, at, { id }, now), [change.operation ?? "SyncImages", change.only ?? { ...params, ...change.params }, { ...at, ...change.at }, KEYS.tencent.id, change.now ?? Date.now()]);
    for (const [what, changed, code] of [
      ["another body", { ...asked, params: { ...params, ImageName: "golden-other" } }, "prepared"],
      ["another canonical request", { ...asked, prepared: { ...asked.prepared, canonicalRequest: `${asked.prepared.canonicalRequest} ` } }, "prepared"],
      ["another string to sign", { ...asked, prepared: { ...asked.prepared, stringToSign: "TC3-HMAC-SHA256\n1\n2\n3" } }, "prepared"],
      ["another moment", { ...asked, timeMs: asked.timeMs + 60_000 }, "prepared"],
      ["nothing prepared", { ...asked, prepared: undefined }, "prepared"],
      ["another cloud", { ...asked, cloud: "aws" }, "cloud"],
      ["a cloud of another kind", { ...asked, cloud: "__proto__" }, "cloud"],
      ["an operation that is not allowed", { ...asked, ...(await prepareAnew({})), operation: "DeleteImages", params: { ImageIds: ["img-o3ycss2p"] } }, "operation"],
      ["a region that is not allowed", await prepareAnew({ at: { region: "ap-beijing" } }), "at.region"],
      ["a stranger's host", await prepareAnew({ at: { endpoint: "https://evil.example.com" } }), "at.endpoint"],
      ["a name that is not allowed", await prepareAnew({ params: { ImageName: "silver" } }), "params.ImageName"],
      ["a name with a line break in it", await prepareAnew({ params: { ImageName: "silver golden-" } }), "params.ImageName"],
      ["a destination that is not allowed", await prepareAnew({ params: { DestinationRegions: ["ap-nanjing", "na-ashburn"] } }), "params.DestinationRegions"],
      ["a parameter that is not allowed", await prepareAnew({ params: { DryRun: true } }), "params.DryRun"],
      ["a parameter that is not allowed, though it holds nothing", await prepareAnew({ operation: "DescribeImages", only: { InstanceType: "" } }), "params.InstanceType"],
      ["a site that is not bound", await prepareAnew({ at: { site: "international" } }), "at.site"],
      ["a path before that of the operation", await prepareAnew({ at: { endpoint: `${sim.url}//v3` } }), "at.endpoint"],
      ["a time that has passed", await prepareAnew({ now: Date.now() - 3_600_000 }), "timeMs"],
      ["a prototype", { ...asked, params: JSON.parse('{"__proto__": {"x": 1}}') }, "params.__proto__"],
    ]) {
      const answer = await ask(changed);
      assert.deepEqual([answer.status, answer.code], [403, code], `${what}: ${answer.message}`);
    }
    for (const nothing of [{}, [], null, 5, "prepared"]) assert.ok([400, 403].includes((await ask(nothing)).status));
  } finally {
    await browser.close();
  }
});
