// The edge worker where what stands around it is wrong: its configuration, whoever gives it keys, clocks, and callers whose word or
// right ends in the middle. It says whose fault it is, lets nobody in by mistake, and does nothing that it should not.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { KEYS, serve } from "./sim.mjs";
import { folder } from "./temporary.mjs";
import { SECRETS, configured, serveEdge } from "./wrangler.mjs";

const source = join(import.meta.dirname, "../../wasm/worker/src");
const { SignJWT, exportJWK, generateKeyPair } = await import(join(source, "../node_modules/jose/dist/webapi/index.js"));
const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
const JWT = { issuer: "https://id.example.com", audience: "imgferry", jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: "one", alg: "ES256" }] } };
const policy = { poll: "100ms", settle: "300ms", visible: "5s", backoff: "50ms", backoff_max: "300ms" };
const copies = {
  tencent: { cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai"] },
  volcengine: { cloud: "volcengine", image: "image-4431h3l7hl31a0example", from: "cn-beijing", to: ["cn-shanghai"] },
  huawei: { cloud: "huawei", image: "465076de-dc36-4aec-80f5-ef9d8009428f", from: "cn-north-4", to: ["cn-south-1"], params: { agency_name: "ims_copy_image" } },
};
const planned = (name, clouds = ["tencent"], changes = {}) => ({ copies: clouds.map((cloud) => ({ ...copies[cloud], name, ...changes })), policy });
let [sim, edge] = [];

before(async () => {
  sim = await serve({ copy_ms: 300, visible_after_ms: 50 });
  // Each request may bring other variables: what a worker would be that is configured so.
  const main = join(folder(), "varied.ts");
  writeFileSync(main, `
    import worker from ${JSON.stringify(join(source, "worker.ts"))};
    export { Account } from ${JSON.stringify(join(source, "account.ts"))};
    export { Directory } from ${JSON.stringify(join(source, "directory.ts"))};
    export default { ...worker, fetch: (request: any, env: any) => (worker.fetch as any)(request, { ...env, ...JSON.parse(request.headers.get("x-vars") ?? "{}") }) };
  `);
  edge = await serveEdge({ ...configured(sim.url, { JWT }), main });
});
after(async () => {
  await edge?.stop();
  sim?.close();
});

const varied = (who, vars, headers = {}) => edge.as(who, { "x-vars": JSON.stringify(vars), ...headers });
const claims = { roles: ["read"], sub: "jo", iss: JWT.issuer, aud: JWT.audience, exp: Math.floor(Date.now() / 1000) + 300 };
const token = (change = {}) => new SignJWT({ ...claims, ...change }).setProtectedHeader({ alg: "ES256", kid: "one" }).sign(privateKey);

/** A server on loopback, closed with the test. */
async function listening(t, answer) {
  const server = createServer(answer);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${server.address().port}`;
}

/** Looks until a replication has ended. */
async function ended(at, job) {
  for (let looks = 0; looks < 300; looks++) {
    const { json, text } = await at.as("reader")("GET", `/jobs/${job}`);
    assert.ok(json, text);
    if (json.state === "ended") return json;
    await sleep(30);
  }
  throw new Error(`${job} did not end: ${at.logs().slice(-600)}`);
}

test("a configuration that is not what it seems is told by its name, and nobody is let in by it", async () => {
  const digest = JSON.parse(SECRETS.TOKENS)[0].sha256;
  const entry = { cloud: "tencent", operation: "DescribeImages", regions: ["ap-guangzhou"], params: { Filters: ".*", Offset: ".*", Limit: ".*" } };
  const origin = { origin: "https://console.example.co" };
  for (const [name, value, who = "reader", headers] of [
    ["TOKENS", "EXAMPLE-SECRET"], ["TOKENS", "{}"], ["TOKENS", "null"], ["TOKENS", JSON.stringify([{ name: "x", sha256: digest }])],
    // A text holds each of its parts: "unreadable" is no role, an origin no longer one, "def" no account.
    ["TOKENS", JSON.stringify([{ name: "x", sha256: digest, roles: "unreadable" }])], ["TOKENS", JSON.stringify([{ name: "x", sha256: digest.toUpperCase(), roles: ["read"] }])],
    ["ORIGINS", "https://console.example.com", "reader", origin], ["ACCOUNTS", "default"], ["ACCOUNTS", []], ["LIMITS", { body: "x" }],
    ["CLOUDS", { tencent: { endpoint: sim.url, hosts: ".*" } }], ["CLOUDS", { tencent: { endpoint: sim.url, hosts: ["("] } }], ["CLOUDS", { tencent: { endpoint: "nope", sign_host: "official", hosts: [] } }], ["CLOUDS", { tencent: {} }],
    ["ALLOW", [{ ...entry, regions: "ap-guangzhou" }]], ["ALLOW", [{ ...entry, params: { Filters: "(" } }]], ["ALLOW", [{ ...entry, params: undefined }]], ["ALLOW", {}],
    // Tokens without an audience would be anybody's of that issuer.
    ["JWT", { ...JWT, audience: undefined }, await token({ aud: "other" })], ["JWT", { ...JWT, issuer: "" }, await token({ iss: "https://evil.example.com" })], ["JWT", "x", await token()], ["JWT", { ...JWT, jwks: "keys" }, await token()], ["JWT", { ...JWT, jwks: { keys: [null] } }, await token()],
  ]) {
    for (const path of ["/jobs", "/images?cloud=tencent&region=ap-guangzhou&account=def"]) {
      const { status, json, text } = await varied(who, { [name]: value }, headers)("GET", path);
      assert.deepEqual([status, json?.code, json?.message.split(" ")[0]], [503, "config", name], `${name} ${JSON.stringify(value)} ${path}: ${text}`);
      assert.ok(json.hint.includes(name) && json.messageZh.includes(name) && json.hintZh.includes(name) && !text.includes("EXAMPLE-SECRET"), text);
    }
  }
  assert.equal((await varied("reader", { ORIGINS: ["https://console.example.com"], LIMITS: undefined })("GET", "/jobs")).status, 200);
});

test("a good signature under another claim is told of the claim, and keys of an issuer that cannot be had are no fault of the token", async (t) => {
  for (const [claim, change] of [["aud", { aud: "other" }], ["iss", { iss: "https://evil.example.com" }], ["nbf", { nbf: claims.exp }], ["exp", { exp: `${claims.exp}` }], ["sub", { sub: "a\nb" }]]) {
    const { status, json } = await edge.as(await token(change))("GET", "/jobs");
    assert.deepEqual([status, json.code, json.message], [401, "access.token", `the claim ${claim} of the token is not one that this worker takes`]);
    assert.ok(json.messageZh.includes(claim));
  }
  let how;
  const keys = await listening(t, (request, response) => {
    if (how === "cut") return request.socket.destroy();
    response.writeHead(how === "busy" ? 503 : 200).end(how === "strange" ? "<html>" : how === "empty" ? "{}" : JSON.stringify(JWT.jwks));
  });
  for (how of ["cut", "busy", "strange", "empty"]) {
    const { status, json } = await varied(await token(), { JWT: { ...JWT, jwks: `${keys}/${how}` } })("GET", "/jobs");
    assert.deepEqual([status, json.code], [503, "access.jwks"], how);
    assert.match(json.hint, /jwks in JWT/);
  }
  how = "well";
  assert.equal((await varied(await token(), { JWT: { ...JWT, jwks: `${keys}/cut` } })("GET", "/jobs")).status, 200, "it is asked for again");
});

test("whatever the provider of the keys does is its own fault; what it gives later is used at once", async (t) => {
  let how;
  const given = { null: "null", list: "[]", text: '"x"', strange: "EXAMPLE-SECRET-1{", keyText: '{"tencent": "EXAMPLE-SECRET-1"}', keyList: '{"tencent": ["EXAMPLE-SECRET-1"]}', noSecret: '{"tencent": {"id": "AKIDEXAMPLE"}}', number: '{"tencent": {"id": 5, "secret": "EXAMPLE-SECRET-1"}}', broken: '{"tencent": {"id": "AKID\\nX: y", "secret": "EXAMPLE-SECRET-1"}}' };
  const provider = await listening(t, (request, response) => {
    if (how === "cut") return request.socket.destroy();
    response.writeHead(how === "busy" ? 500 : how === "elsewhere" ? 302 : 200, { location: sim.url, "content-type": "application/json" }).end(given[how] ?? JSON.stringify(KEYS));
  });
  const own = configured(sim.url, { KEYS_URL: `${provider}/` });
  delete own.vars.KEYS;
  const unfed = await serveEdge(own);
  t.after(() => unfed.stop());
  const plan = planned("golden-fed");
  const read = unfed.as("reader");
  for (how of ["cut", "busy", "elsewhere", ...Object.keys(given)]) {
    for (const { status, json, text } of [await read("GET", "/images?cloud=tencent&region=ap-guangzhou"), await read("POST", "/survey", plan)]) {
      assert.deepEqual([status, json?.kind, json?.code], [503, "auth", "keys"], `${how}: ${text}`);
      assert.ok(json.message && json.messageZh && /KEYS/.test(json.hint) && /KEYS/.test(json.hintZh) && !text.includes("EXAMPLE-SECRET"), text);
    }
  }
  how = "null";
  assert.equal((await unfed.as("launcher")("PUT", "/jobs/fed", plan)).status, 201);
  let trouble;
  for (let looks = 0; looks < 100 && !trouble; looks++) [, { json: { trouble } }] = await Promise.all([sleep(50), unfed.as("reader")("GET", "/jobs/fed")]);
  assert.equal(trouble.code, "keys");
  how = "well";
  assert.deepEqual((await ended(unfed, "fed")).counts, { ready: 1 });
  assert.deepEqual(sim.world.ledger().lanes.filter(({ name }) => name === "golden-fed").map(({ images }) => images.length), [1]);
  assert.ok(!unfed.logs().includes("EXAMPLE-SECRET"));
});

test("a body that breaks off is no failure of the worker", async () => {
  const { hostname, port, host } = new URL(edge.url);
  const before = edge.logs().length;
  for (const [head, body] of [["Content-Length: 500", '{"copies": ['], ["Transfer-Encoding: chunked", "zz\r\n{}\r\n0\r\n\r\n"], ["Transfer-Encoding: chunked", '5\r\n{"cop']]) {
    await new Promise((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.end(`PUT /jobs/broken HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer launcher\r\n${head}\r\n\r\n${body}`));
      socket.setTimeout(3000, () => socket.destroy());
      socket.resume().on("error", () => {}).on("close", resolve);
    });
  }
  await sleep(300);
  const logged = edge.logs().slice(before).split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  assert.deepEqual(logged.filter(({ event, status }) => event === "failed" || status >= 500), []);
  assert.ok(logged.some(({ path, status, code }) => path === "/jobs/broken" && status === 400 && code === "body"), JSON.stringify(logged));
});

test("what has ended is told with the rows of its end, and a point in time of a clock that was ahead hides nothing", async () => {
  for (let round = 0; round < 3; round++) {
    assert.equal((await edge.as("launcher")("PUT", `/jobs/last${round}`, planned(`golden-last${round}`, ["huawei"]))).status, 201);
    const { counts, rows } = await ended(edge, `last${round}`);
    assert.deepEqual([counts, rows.map(({ state }) => state)], [{ ready: 1 }, ["ready"]]);
  }
  const { json } = await edge.as("reader")("GET", `/jobs/last0?since=${Date.now() + 3_600_000}`);
  assert.deepEqual(json.rows.map(({ state }) => state), ["ready"]);
  assert.equal((await edge.as("reader")("GET", `/jobs/last0?since=${json.seq}`)).json.rows.length, 0);
  // Nor does one of a replication that had the name before.
  const events = async (since) => (await edge.as("reader")("GET", `/jobs/last0/events?since=${since}`)).json;
  const { events: all, next } = await events(0);
  assert.deepEqual((await events(Number(next) + 7)).events, all);
  assert.deepEqual((await events(next)).events, []);
});

test("whoever listens is let go when the token ends", async (t) => {
  const slow = await serve({ copy_ms: 60_000, visible_after_ms: 50 });
  t.after(() => slow.close());
  const long = await serveEdge(configured(slow.url, { JWT }));
  t.after(() => long.stop());
  assert.equal((await long.as("launcher")("PUT", "/jobs/long", planned("golden-long"))).status, 201);
  // Within the thirty seconds that clocks may differ.
  const listen = async (exp) => (await fetch(`${long.url}/jobs/long/events`, { signal: AbortSignal.timeout(10_000), headers: { authorization: `Bearer ${await token({ exp })}`, accept: "text/event-stream" } })).text();
  const told = await listen(Math.floor(Date.now() / 1000) - 27);
  assert.match(told, /^id: 1\ndata: /m);
  assert.doesNotMatch(told, /event: end/, "it has not ended");
});

test("whoever only reads keeps no replication from its turn", async (t) => {
  let open;
  const opened = new Promise((resolve) => (open = resolve));
  const busy = await listening(t, async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    await opened;
    const headers = request.rawHeaders.flatMap((name, index, all) => (index % 2 ? [] : [[name, all[index + 1]]]));
    const answer = sim.world.arrived(Date.now(), { method: request.method, target: request.url, headers, body: Buffer.concat(chunks) });
    if ("lost" in answer) return request.socket.destroy();
    response.writeHead(answer.status, answer.headers.flat()).end(answer.body);
  });
  const held = await serveEdge(configured(busy));
  t.after(() => held.stop());
  const plan = planned("golden-held");
  const surveys = Array.from({ length: 12 }, () => held.as("reader")("POST", "/survey", plan));
  const first = await Promise.race(surveys);
  assert.deepEqual([first.status, first.json?.kind, first.json?.code], [429, "throttled", "survey.busy"], first.text);
  assert.equal(first.headers.get("retry-after"), "60");
  assert.equal((await held.as("launcher")("PUT", "/jobs/held", plan)).status, 201);
  open();
  const statuses = (await Promise.all(surveys)).map(({ status }) => status).sort();
  assert.deepEqual(statuses, [...Array(4).fill(200), ...Array(8).fill(429)]);
  assert.deepEqual((await ended(held, "held")).counts, { ready: 1 });
  assert.equal((await held.as("reader")("POST", "/survey", plan)).status, 200, "there is room again");
});

test("a word on a doubtful launch goes to its copy only: no other image is renamed or shared by it", async (t) => {
  const to = { tencent: "ap-shanghai", volcengine: "cn-shanghai", huawei: "cn-south-1" };
  const script = [["tencent", "SyncImages"], ["volcengine", "CopyImage"], ["huawei", "CopyImageCrossRegion"]].map(([cloud, action]) => ({ cloud, action, nth: 1, fault: "lost_after" }));
  const own = await serve({ copy_ms: 200, visible_after_ms: 3000, script });
  t.after(() => own.close());
  const config = configured(own.url);
  config.vars.ALLOW.push(
    { cloud: "tencent", operation: "ModifyImageAttribute", regions: [to.tencent], params: { ImageName: "golden-.*" } },
    { cloud: "volcengine", operation: "ModifyImageAttribute", regions: [to.volcengine], params: { ImageName: "golden-.*" } },
    { cloud: "huawei", operation: "UpdateImage", regions: [to.huawei], params: { name: "golden-.*" } },
  );
  const doubting = await serveEdge(config);
  t.after(() => doubting.stop());
  const launch = doubting.as("launcher");
  const clouds = Object.keys(copies);
  const doubtful = planned("golden-doubt", clouds, { after: { rename: "golden-named" } });
  assert.equal((await launch("PUT", "/jobs/doubt", { ...doubtful, policy: { ...policy, ambiguity: "stop" } })).status, 201);
  assert.deepEqual((await ended(doubting, "doubt")).counts, { ambiguous: 3 });
  assert.equal((await launch("PUT", "/jobs/other", { ...planned("golden-other", clouds), policy: { ...policy, visible: "10s" } })).status, 201);
  const { rows: others, counts } = await ended(doubting, "other");
  assert.deepEqual(counts, { ready: 3 });
  const say = (cloud, imageId) => launch("POST", "/jobs/doubt/resolve", { cloud, lane: 0, imageId });
  for (const { cloud, imageId } of others) {
    const { status, json } = await say(cloud, imageId);
    assert.deepEqual([status, json.code, json.message], [400, "imageId", `"${imageId}" is called "golden-other", and the copy of lane 0 "golden-doubt"`]);
    for (const id of ["", "../../x", "a b", "x".repeat(200)]) assert.ok([400, 403].includes((await say(cloud, id)).status), id);
    const none = await say(cloud, `${imageId.slice(0, -4)}0000`);
    assert.deepEqual([none.status, none.json.message.startsWith("there is no image")], [400, true], none.text);
  }
  const named = (name) => own.world.images(Date.now()).filter((image) => image.name === name);
  for (const { cloud, id } of named("golden-doubt")) assert.equal((await say(cloud, id)).status, 202);
  assert.deepEqual((await ended(doubting, "doubt")).counts, { ready: 3 });
  assert.deepEqual([named("golden-other").length, named("golden-named").length, own.world.ledger().violations], [3, 3, []]);
});

test("a tag is held to the list whatever it is called, and what is wanted is told as such", async () => {
  const uin = "100000000001";
  const { vars } = configured(sim.url);
  const CLOUDS = { ...vars.CLOUDS, tencent: { ...vars.CLOUDS.tencent, uin } };
  const ALLOW = [...vars.ALLOW, { cloud: "tencent", operation: "TagResources", regions: ["ap-shanghai"], params: { Tags: "team|prod" } }];
  const found = async (tags) => (await varied("reader", { CLOUDS, ALLOW })("POST", "/check", planned("golden-tag", ["tencent"], { after: { tags } }))).json.problems.filter(({ severity }) => severity === "error").map(({ path }) => path);
  assert.deepEqual(await found({ team: "prod" }), []);
  for (const key of ["Name", "Value", "TagKey", "key", "other", "__proto__"]) assert.deepEqual(await found({ [key]: "prod" }), ["copies[0].to[0].Tags"], key);
  const silver = [...vars.ALLOW, { cloud: "tencent", operation: "ModifyImageAttribute", regions: ["ap-shanghai"], params: { ImageName: "golden-[a-z]+\\$?" } }];
  const renamed = (name) => varied("reader", { ALLOW: silver })("POST", "/check", planned(name, ["tencent"], { after: { rename: "{name}" } }));
  assert.match((await renamed("golden-x$$")).text, /"copies\[0\]\.to\[0\]\.ImageName"/);
  const read = edge.as("reader");
  for (const body of ['"tencent"', "5", "[]", "null"]) {
    const { status, json } = await read("POST", "/check", body);
    assert.deepEqual([status, json.code], [400, "plan.field"], body);
  }
  const nowhere = await read("GET", "/images?cloud=tencent");
  assert.deepEqual([nowhere.status, nowhere.json.code, nowhere.json.hint], [400, "at.region", "give the region of the call"]);
});
