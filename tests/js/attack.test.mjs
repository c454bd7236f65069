// Hostile requests against the edge worker, each sent as it stands: no client mends its path, its headers or its body on the way.
// Nothing is begun by them, nothing reaches a stranger, no answer tells a secret, and the worker works on.
import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import * as esbuild from "esbuild";
import { KEYS, serve } from "./sim.mjs";
import { folder } from "./temporary.mjs";
import { configured, serveEdge } from "./wrangler.mjs";

const source = join(import.meta.dirname, "../../wasm/worker/src");
const { SignJWT, exportJWK, generateKeyPair, base64url } = await import(join(source, "../node_modules/jose/dist/webapi/index.js"));
const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
const JWT = { issuer: "https://id.example.com", audience: "imgferry", jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: "one", alg: "ES256" }] } };
const PAGE = "http://127.0.0.1:5173";
const caught = [];
const stranger = createServer((request, response) => {
  caught.push(request.url);
  response.end("{}");
});
let [sim, worker, evil, prepared] = [];

before(async () => {
  await new Promise((resolve) => stranger.listen(0, "127.0.0.1", resolve));
  evil = `127.0.0.1:${stranger.address().port}`;
  sim = await serve({ copy_ms: 1000, visible_after_ms: 50 });
  worker = await serveEdge(configured(sim.url, { JWT }));
  const file = join(folder(), "page.mjs");
  await esbuild.build({ entryPoints: [join(source, "page.ts")], bundle: true, format: "esm", platform: "node", outfile: file, alias: { imgferry: join(import.meta.dirname, "../../wasm/js/dist/index.inline.js") }, logLevel: "error" });
  ({ prepared } = await import(file));
});
after(async () => {
  await worker?.stop();
  sim?.close();
  stranger.close();
});

/** One request, as it stands: its status, its headers and its text; `closed` where the connection just ends. */
function raw(method, path, body, headers = {}) {
  const { hostname, port } = new URL(worker.url);
  return new Promise((resolve) => {
    const sent = request({ hostname, port, method, path, headers, agent: false, timeout: 60_000 }, async (response) => {
      let text = "";
      for await (const chunk of response.setEncoding("utf8")) text += chunk;
      resolve({ status: response.statusCode, headers: response.headers, text });
    });
    sent.on("error", () => resolve({ status: "closed", headers: {}, text: "" }));
    sent.on("timeout", () => sent.destroy());
    sent.end(body);
  });
}

/** What a server answers to these bytes. */
function wire(text) {
  const { hostname, port } = new URL(worker.url);
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.setTimeout(3000, () => socket.destroy());
    socket.on("data", (bytes) => (answer += bytes));
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
  });
}

const as = (who) => ({ authorization: `Bearer ${who}` });
const tencent = { cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai"], name: "golden-attack" };
const plan = (changes = {}, more = {}) => JSON.stringify({ copies: [{ ...tencent, ...changes }], ...more });

/** That a request was refused with one of these statuses, in our words where we answered, and tells nothing. */
function refused(what, { status, headers, text }, ...expected) {
  assert.ok(expected.includes(status), `${what}: ${status} ${text.slice(0, 200)}`);
  assert.ok(!/EXAMPLE-SECRET|at .*\.(ts|js):\d+/.test(text), `${what} tells too much: ${text.slice(0, 300)}`);
  if (!headers["content-type"]?.includes("json")) return;
  const { name, code, message, hint, hintZh } = JSON.parse(text);
  assert.ok(name === "ImgferryError" && code && message && hint && hintZh, `${what}: ${text}`);
}

/** That nothing has come of anything. */
async function harmless() {
  const { jobs } = (await worker.as("reader")("GET", "/jobs")).json;
  assert.deepEqual([jobs, sim.world.ledger().lanes, caught], [[], [], []]);
  assert.equal((await worker.as()("GET", "/health")).status, 200);
  assert.ok(!worker.logs().includes("EXAMPLE-SECRET"));
}

test("paths that try to be others", async () => {
  for (const path of [
    "/jobs/../sign", "/jobs/..%2fsign", "/jobs/%2e%2e/metrics", "/jobs/%252e%252e%252fx", "/jobs/a%00b", "/jobs/a%0d%0aset-cookie:x", "/jobs/a;b", "/jobs/.hidden", "/jobs/-flag", "/jobs/a b".replace(" ", "%20"),
    "/jobs/%E9%95%9C%E5%83%8F", "/jobs/%CF%80", "/jobs/%F0%9F%98%80", "/jobs/%ff", "/jobs/e%CC%81", "/jobs/%EF%BC%8E%EF%BC%8E", "/jobs/a/cancel/", "//jobs/a", "/jobs//a", "/JOBS/a", "/jobs/a\\..\\b", "/jobs/__proto__", "/jobs/a%2fcancel",
    "/%6a%6f%62%73/a", "/jobs/a?x=/../../sign#y", `/jobs/${"%61".repeat(101)}`, `/${"x/".repeat(4000)}`,
  ]) {
    // Whatever it is read as: no plan is begun under such a name, and nothing is cancelled.
    const answer = await raw("PUT", path, "{}", as("launcher"));
    refused(path, answer, 400, 404, 405, 414, 431, "closed");
    refused(`${path} of nobody`, await raw("GET", path, undefined, as("stranger")), 401, 404, 414, 431, "closed");
  }
  await harmless();
});

test("methods that are none of ours", async () => {
  for (const method of ["PATCH", "TRACE", "CONNECT", "PROPFIND", "HEAD", "MKCOL", "PURGE", "M-SEARCH"]) {
    const answer = method === "CONNECT" ? { status: "closed", headers: {}, text: await wire(`CONNECT ${evil} HTTP/1.1\r\nHost: ${evil}\r\n\r\n`) } : await raw(method, "/jobs/a", undefined, as("launcher"));
    assert.ok(!/^HTTP\/1\.1 2/.test(answer.text), method);
    refused(method, { ...answer, text: "" , headers: {} }, 400, 404, 405, 501, "closed");
  }
  assert.doesNotMatch(await wire(`put /jobs/a HTTP/1.1\r\nHost: ${new URL(worker.url).host}\r\nAuthorization: Bearer launcher\r\nContent-Length: ${plan().length}\r\nConnection: close\r\n\r\n${plan()}`), /^HTTP\/1\.1 2/);
  assert.match(await wire(`PUT /jobs/a HTTP/1.1\r\nHost: ${new URL(worker.url).host}\r\nAuthorization: Bearer reader\r\nAuthorization: Bearer launcher\r\nContent-Length: ${plan().length}\r\nConnection: close\r\n\r\n${plan()}`), /^HTTP\/1\.1 401/);
  // A header does not make another method of one.
  for (const name of ["x-http-method-override", "x-http-method", "x-method-override"]) refused(name, await raw("GET", "/jobs/a", undefined, { ...as("reader"), [name]: "PUT" }), 404);
  refused("a method in a query", await raw("GET", "/jobs/a?_method=DELETE", undefined, as("reader")), 404);
  await harmless();
});

test("requests smuggled within requests", async () => {
  const host = new URL(worker.url).host;
  // Without a token of its own: it is to pass for the one in front of it.
  const smuggled = `PUT /jobs/smuggled HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${plan().length}\r\n\r\n${plan()}`;
  for (const [what, head] of [
    ["two lengths", `Content-Length: 4\r\nContent-Length: ${smuggled.length}\r\n`],
    ["length and chunks", `Content-Length: ${smuggled.length}\r\nTransfer-Encoding: chunked\r\n`],
    ["chunks of another name", `Content-Length: 4\r\nTransfer-Encoding: xchunked\r\n`],
    ["chunks behind a tab", `Content-Length: 4\r\nTransfer-Encoding:\tchunked, identity\r\n`],
    ["a header that is folded", `X-Folded: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 4\r\n`],
    ["a length that is negative", "Content-Length: -1\r\n"], ["a length in hex", "Content-Length: 0x10\r\n"], ["a space before a colon", `Content-Length : ${smuggled.length}\r\n`],
  ]) {
    const told = await wire(`POST /check HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer launcher\r\n${head}\r\n0\r\n\r\n${smuggled}`);
    assert.ok((told.match(/HTTP\/1\.1 2/g) ?? []).length <= 1, `${what}: ${told}`);
  }
  // Where two requests stand in one connection, as they may, the second has its own token: none of the first's.
  const two = await wire(`GET /jobs HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer reader\r\n\r\nGET /jobs HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  assert.doesNotMatch(two.replace(/^HTTP\/1\.1 200/, ""), /HTTP\/1\.1 200/);
  for (const text of [`GET http://${evil}/jobs HTTP/1.1\r\nHost: ${evil}\r\nAuthorization: Bearer reader\r\nConnection: close\r\n\r\n`, "GET /jobs\r\n\r\n", "\0\0\0\0\r\n\r\n", `GET /jobs HTTP/1.1\r\nHost: ${host}\r\nX: ${"a".repeat(300_000)}\r\n\r\n`, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]) await wire(text);
  await harmless();
});

test("bodies that are too much, too deep or something else", async () => {
  const cyclic = "[".repeat(31) + "]".repeat(31);
  for (const [what, body, headers = {}] of [
    ["nothing", ""], ["a number", "5"], ["text", '"golden"'], ["two values", "{}{}"], ["a comment", "{/**/}"], ["NaN", '{"copies": NaN}'], ["a trailing comma", '{"copies": [],}'], ["NUL", "\0"], ["a byte order mark in the middle", '{"copies"\ufeff: []}'],
    ["half a pair", '{"copies": [{"cloud": "\\ud800"}]}'], ["no UTF-8", Buffer.from([0x22, 0xc3, 0x28, 0x22])], ["UTF-16", Buffer.from('{"copies": []}', "utf16le")], ["gzip", Buffer.from([0x1f, 0x8b, 8, 0, 0])],
    ["many levels", "[".repeat(50_000)], ["levels in a parameter", plan({ params: { x: JSON.parse(cyclic) } })], ["a number that is none", '{"copies": [{"cloud": "tencent", "from": 1e999}]}'], ["a hundred thousand keys", `{${Array.from({ length: 100_000 }, (_, at) => `"k${at}":0`).join(",")}}`],
    ["more than may be", " ".repeat(9_000_000)], ["a prototype", `{"__proto__": {"copies": [${JSON.stringify(tencent)}]}}`], ["a constructor", '{"constructor": {"prototype": {"roles": ["launch"]}}, "copies": []}'],
    ["a prototype of a copy", `{"copies": [{"__proto__": ${JSON.stringify(tencent)}}]}`], ["a prototype of parameters", `{"copies": [{"cloud":"tencent","image":"img-o3ycss2p","from":"ap-guangzhou","to":["ap-shanghai"],"name":"golden-a","params":{"__proto__":{"DryRun":true}}}]}`],
    ["a prototype of the clouds", `{"copies": [${JSON.stringify(tencent)}], "clouds": {"__proto__": {"endpoint": "http://${evil}"}}}`],
  ]) {
    for (const [method, path] of [["PUT", "/jobs/body"], ["POST", "/survey"]]) refused(`${what}: ${method} ${path}`, await raw(method, path, body, { ...as("launcher"), ...headers }), 400, 403, 413, "closed");
    refused(`${what}: to be signed`, await raw("POST", "/sign", body, { ...as("signer"), ...headers }), 400, 403, 413, "closed");
  }
  assert.equal({}.roles, undefined);
  await harmless();
});

test("a body that calls itself something else is no JSON, and a key that stands twice is named", async () => {
  const good = plan();
  for (const type of ["text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp", "application/json-seq", "text/json", "application/octet-stream", "application/yaml", "application/json, text/plain", "json", "application/", "\u00e9"]) {
    for (const path of ["/check", "/survey", "/sign", "/jobs/type"]) {
      const answer = await raw(path === "/jobs/type" ? "PUT" : "POST", path, good, { ...as(path === "/sign" ? "signer" : "launcher"), "content-type": type });
      refused(`${type}: ${path}`, answer, 415);
      assert.match(JSON.parse(answer.text).message, /not JSON by its content type$/);
    }
  }
  for (const type of ["application/json", "APPLICATION/JSON;charset=utf-8", "application/json ; charset=UTF-8", "application/vnd.imgferry+json"]) assert.equal((await raw("POST", "/check", good, { ...as("reader"), "content-type": type })).status, 200, type);
  const silver = JSON.stringify({ ...tencent, name: "silver" });
  for (const [key, body] of [
    ["copies", `{"copies": [], "copies": [${silver}]}`], ["copies", `{"copies": [], "c\\u006fpies": [${silver}]}`], ["name", `{"copies": [${JSON.stringify(tencent).replace("{", '{"name":"silver",')}]}`], ["", '{"": 1, "": 2}'], ["__proto__", '{"__proto__": 1, "__proto__": 2}'],
    ['a"b', '{"a\\"b": "}", "x": {"a\\"b": 1}, "a\\"b": []}'], ["x", '{"a": [{"b": "{\\"x\\": 1"}, {"x": [1, {}], "x": 0}]}'], ["k", `{${'"k": [],'.repeat(9)} "z": 0}`],
  ]) {
    for (const path of ["/check", "/jobs/twice"]) {
      const answer = await raw(path === "/check" ? "POST" : "PUT", path, body, as("launcher"));
      refused(body, answer, 400);
      assert.ok(JSON.parse(answer.text).message.includes(`the key ${JSON.stringify(key)} stands twice`), answer.text);
    }
  }
  // The same key in another record, as a value or within a text is no second one.
  for (const body of ['{"a": {"a": "a"}, "b": ["a", "a", {"a": 1}, {"a": 2}], "c": "\\"a\\": 1, \\"a\\": 2"}', "[]", '"a"', '{"copies": [{}, {}]}']) assert.ok(!(await raw("POST", "/check", body, as("reader"))).text.includes("stands twice"), body);
  await harmless();
});

test("a small plan of very many mistakes costs no more than one of some, whoever sends it", async () => {
  const empty = (count) => `{"copies": [${Array(count).fill("{}")}]}`;
  const to = (count) => plan({ to: Array(count).fill("x") });
  for (const [what, body] of [["entries", empty(400_000)], ["destinations", to(400_000)], ["exports", empty(400_000).replace("copies", "exports")]]) {
    for (const [method, path] of [["POST", "/check"], ["POST", "/survey"], ["PUT", "/jobs/many"]]) refused(`${what}: ${path}`, await raw(method, path, body, as("launcher")), 413);
  }
  for (const body of [empty(50_000), plan({ params: { ImageIds: Array(400_000).fill(0) } }), `{"copies": [], ${Array.from({ length: 100_000 }, (_, at) => `"k${at}": 0`)}}`]) {
    const { status, text } = await raw("POST", "/check", body, as("reader"));
    assert.equal(status, 200, text.slice(0, 200));
    assert.ok(JSON.parse(text).problems.length <= 20_000);
  }
  await harmless();
});

test("no way to write a host, a region or a name gets by the list", async () => {
  const { port } = new URL(sim.url);
  const good = { cloud: "tencent", operation: "SyncImages", params: { ImageIds: ["img-o3ycss2p"], DestinationRegions: ["ap-nanjing"], ImageName: "golden-page", ImageSetRequired: true }, at: { region: "ap-guangzhou" } };
  const asked = prepared(good.cloud, good.operation, good.params, { ...good.at, endpoint: sim.url }, { id: KEYS.tencent.id }, Date.now());
  const sign = (changed) => raw("POST", "/sign", JSON.stringify(changed), as("signer"));
  const hosts = [
    `http://${evil}`, `http://127.0.0.1:${port}@${evil}`, `http://127.0.0.1:${port}#@${evil}`, `http://127.0.0.1:${port}\\@${evil}`, `http://127.0.0.1.:${port}`, `http://0x7f.1:${port}`, `http://2130706433:${port}`, `http://127.1:${port}`, `http://[::1]:${port}`, `http://[::ffff:127.0.0.1]:${port}`,
    `http://localhost:${port}`, `http://LOCALHOST:${port}`, `HTTP://127.0.0.1:${port}`, `https://127.0.0.1:${port}`, `http://127.0.0.1:${port}/`, `http://127.0.0.1:${port}//x`, `http://127.0.0.1:${port}?x`, `http://127.0.0.1:${port}%2f@${evil}`, `http://127.0.0.1:0${port}`, `http://127.0.0.1:${port}\t`, ` http://127.0.0.1:${port}`, `http://１２７.0.0.1:${port}`,
    `//${evil}`, "file:///etc/passwd", "http://cvm.tencentcloudapi.com.evil.example.com", "https://cvm.tencentcloudapi.com@evil.example.com", "https://CVM.TENCENTCLOUDAPI.COM", "https://cvm.tencentcloudapi.com.", "", "http://",
  ];
  for (const endpoint of hosts) {
    const answer = await sign({ ...asked, at: { ...asked.at, endpoint } });
    refused(endpoint, answer, 403);
    assert.match(JSON.parse(answer.text).code, /^at\.endpoint$/, endpoint);
    for (const path of ["/jobs/host", "/survey"]) refused(endpoint, await raw(path === "/survey" ? "POST" : "PUT", path, plan({}, { clouds: { tencent: { endpoint } } }), as("launcher")), 400, 403);
  }
  for (const region of ["AP-GUANGZHOU", "ap-guangzhou ", "ap-guangzhou\n", "ap-guangzhou.", "ap-guangzhou/../ap-beijing", "ap-guangzhou@evil.example.com", "ap-guangzhou#", "аp-guangzhou", "ap-beijing", "", "*", "ap-guangzhou|ap-beijing", ["ap-guangzhou"], { toString: "ap-guangzhou" }]) {
    refused(`in ${JSON.stringify(region)}`, await sign({ ...asked, at: { ...asked.at, region } }), 400, 403);
    refused(`from ${JSON.stringify(region)}`, await raw("PUT", "/jobs/region", plan({ from: region }), as("launcher")), 400, 403);
    if (region !== "ap-guangzhou" && region !== "ap-beijing") refused(`to ${JSON.stringify(region)}`, await raw("PUT", "/jobs/region", plan({ to: [region] }), as("launcher")), 400, 403);
  }
  for (const name of ["Golden-x", "golden", "silver\ngolden-x", "golden-x\nsilver", "x golden-", "gоlden-x", "golden\u200b-x", "%67olden-x", ["golden-x"], { golden: "golden-x" }, null, 5, "{image}", "{golden-}"]) {
    refused(`name ${JSON.stringify(name)}`, await raw("PUT", "/jobs/name", plan({ name }), as("launcher")), 400, 403);
    refused(`signed ${JSON.stringify(name)}`, await sign({ ...asked, params: { ...asked.params, ImageName: name } }), 400, 403);
  }
  for (const operation of ["syncimages", "SyncImages ", "SyncImages\0", "DeleteImages", "__proto__", "constructor", "toString", ["SyncImages"]]) refused(`${operation}`, await sign({ ...asked, operation }), 400, 403);
  for (const cloud of ["Tencent", "tencent ", "__proto__", "constructor", ["tencent"], null]) {
    refused(`${cloud}`, await sign({ ...asked, cloud }), 400, 403);
    refused(`${cloud}`, await raw("PUT", "/jobs/cloud", plan({ cloud }), as("launcher")), 400, 403);
  }
  // As it was prepared it is signed, and once more the same; later it is not.
  assert.equal((await sign(asked)).status, 200);
  for (const timeMs of [asked.timeMs - 600_000, asked.timeMs + 600_000, `${asked.timeMs}`, null, Number.MAX_SAFE_INTEGER]) refused(`at ${timeMs}`, await sign({ ...asked, timeMs }), 403);
  for (const [field, value] of [["canonicalRequest", ""], ["stringToSign", asked.prepared.stringToSign.replace(/.$/, "0")], ["canonicalRequest", asked.prepared.canonicalRequest.toUpperCase()]]) refused(field, await sign({ ...asked, prepared: { ...asked.prepared, [field]: `${value}x` } }), 403);
  await harmless();
});

test("queries that are none", async () => {
  for (const path of ["/jobs?limit=1e9", "/jobs?limit=0x10", "/jobs?limit=-1", "/jobs?limit=NaN", "/jobs?from=9007199254740993", "/jobs?from=%00", "/jobs?limit=1&limit=2000000", "/images?cloud=tencent&region=ap-guangzhou&page=-1", "/images?cloud=tencent&region=ap-guangzhou&page=1e5", "/images?cloud=tencent&region=__proto__", "/images?cloud=tencent&region=ap-guangzhou%0d%0aX-A:1", "/images?cloud=__proto__&region=x", "/images?cloud=tencent", "/images?cloud=tencent&region=ap-guangzhou&account=__proto__", "/jobs/none/events?since=1.2.3", "/jobs/none/journal?cloud=constructor", "/jobs?limit=1e400", "/jobs?limit=-0", "/jobs?limit=%D9%A3", "/jobs?state=%27%20OR%201%3D1%20--", "/images?cloud=tencent&region=ap-guangzhou&page=Infinity", "/images?cloud=huawei&region=cn-north-4&page=0.5"]) {
    const { status, text } = await raw("GET", path, undefined, as("reader"));
    assert.ok(status < 500, `${path}: ${status} ${text}`);
    assert.ok(!text.includes("EXAMPLE-SECRET"), path);
  }
  await harmless();
});

test("origins that look like an allowed one, and tokens that look like good ones", async () => {
  for (const origin of [`${PAGE}/`, `${PAGE} `.trim() + ".", PAGE.toUpperCase(), PAGE.replace("http", "https"), "http://127.0.0.1", "http://127.0.0.1:5173@evil.example.com", "http://evil.example.com#http://127.0.0.1:5173", "null", "file://", "*", "http://[::ffff:127.0.0.1]:5173", `${PAGE}, http://evil.example.com`, `${PAGE} http://evil.example.com`, "http://127.0.0.1:5174", "http://127.0.0.1.evil.example.com:5173", "http://evil.127.0.0.1:5173", "chrome-extension://abc"]) {
    for (const method of ["OPTIONS", "GET"]) {
      const answer = await raw(method, "/jobs", undefined, { ...as("reader"), origin });
      refused(`${method} from ${origin}`, answer, 403);
      assert.equal(answer.headers["access-control-allow-origin"], undefined, origin);
    }
  }
  const part = (value) => base64url.encode(JSON.stringify(value));
  const claims = { roles: ["read", "launch"], sub: "jo", iss: JWT.issuer, aud: JWT.audience, exp: Math.floor(Date.now() / 1000) + 300 };
  const token = (claims, header = { alg: "ES256", kid: "one" }) => new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
  const good = await token(claims);
  assert.equal((await raw("GET", "/jobs", undefined, as(good))).status, 200);
  const [, body, signature] = good.split(".");
  for (const [what, value] of [
    ["alg none", `Bearer ${part({ alg: "none" })}.${body}.`], ["alg nOnE", `Bearer ${part({ alg: "nOnE", kid: "one" })}.${body}.${signature}`], ["alg in a list", `Bearer ${part({ alg: ["ES256"], kid: "one" })}.${body}.${signature}`], ["alg of its prototype", `Bearer ${part({ __proto__: null, alg: "__proto__" })}.${body}.`],
    ["expired", `Bearer ${await token({ ...claims, exp: claims.exp - 3600 })}`], ["not yet good", `Bearer ${await token({ ...claims, nbf: claims.exp })}`], ["an end in text", `Bearer ${part({ alg: "ES256", kid: "one" })}.${part({ ...claims, exp: `${claims.exp}` })}.${signature}`], ["an audience in a list of others", `Bearer ${await token({ ...claims, aud: ["other"] })}`],
    ["critical extensions", `Bearer ${part({ alg: "ES256", kid: "one", crit: ["x"], x: 1 })}.${body}.${signature}`], ["a cut signature", `Bearer ${good.slice(0, -2)}`], ["two tokens", `Bearer ${good}, Bearer ${good}`], ["another scheme", `Basic ${Buffer.from("reader:").toString("base64")}`], ["no scheme", "reader"], ["a space more", "Bearer  reader"], ["a token in a query", undefined],
    ["a token of the list with another case", "Bearer READER"], ["a token with a line break", "Bearer reader\treader"], ["a digest", "Bearer __proto__"],
  ]) {
    const answer = await raw("GET", "/jobs?access_token=reader&token=reader", undefined, { ...(value && { authorization: value }), cookie: "token=reader" });
    refused(what, answer, 401);
  }
  // What a token says of its owner is a short text, and it has an end.
  const signed = async (text) => {
    const input = `${part({ alg: "ES256", kid: "one" })}.${base64url.encode(text)}`;
    return `${input}.${Buffer.from(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, Buffer.from(input))).toString("base64url")}`;
  };
  assert.equal((await raw("GET", "/jobs", undefined, as(await signed(JSON.stringify(claims))))).status, 200);
  for (const text of [...["", "a\nb", "\u202e", "s".repeat(201), ["jo"], 5, { jo: 1 }].map((sub) => JSON.stringify({ ...claims, sub })), JSON.stringify(claims).replace(/"exp":\d+/, '"exp":1e400'), JSON.stringify({ ...claims, exp: -1 }), JSON.stringify({ ...claims, aud: undefined }), JSON.stringify({ ...claims, iss: [JWT.issuer] }), "[1]", '"x"', ""]) refused(text.slice(0, 80), await raw("GET", "/jobs", undefined, as(await signed(text))), 401);
  const strange = await generateKeyPair("ES256", { extractable: true });
  for (const header of [{ alg: "ES256", jwk: await exportJWK(strange.publicKey) }, { alg: "ES256", kid: "one", jku: `http://${evil}/keys` }, { alg: "ES256", kid: "../../dev/null" }]) refused(JSON.stringify(header), await raw("GET", "/jobs", undefined, as(await new SignJWT(claims).setProtectedHeader(header).sign(strange.privateKey))), 401);
  for (const roles of [[], "launcher", ["LAUNCH"], { launch: true }, ["read launch"], 7, null]) refused(`roles ${JSON.stringify(roles)}`, await raw("PUT", "/jobs/role", plan(), as(await token({ ...claims, roles }))), 403);
  await harmless();
});

test("names and paths in every other spelling", async () => {
  for (const path of [
    "/jobs/%C0%AEa", "/jobs/%EF%BB%BFa", "/jobs/a%E2%80%8B", "/jobs/%E2%80%AEa", "/jobs/%ED%A0%80", "/jobs/a%", "/jobs/%", "/jobs/a%zz", "/jobs/a%20", "/jobs/a%09", "/jobs/a%7F", "/jobs/a,b", "/jobs/a:b", "/jobs/a@b", "/jobs/a!b", "/jobs/a'b", "/jobs/a|b", "/jobs/~a", "/jobs/*",
    "/jobs/a/Events", "/jobs/a/..;/b", "/jobs/%2e%2e%2fmetrics", "/jobs/a%2Fresolve", "/./metrics", "/jobs/./../metrics", "/;/jobs/a", "/jobs;x=1/a", "/jobs/%EF%BD%81", "/jobs/a%C2%A0", "/jobs/a%23b", "/jobs/a%3Fb", "/jobs/a+b", "/%2F/jobs/a", "/jobs/%61%62", "/jobs/a.%00.b", "/sign/jobs/a", "/jobs/0x%3Cscript%3E",
  ]) {
    const answer = await raw("PUT", path, plan(), as("launcher"));
    refused(path, answer, 400, 404, 405, "closed");
    assert.ok(!answer.text.includes("<script"), path);
  }
  // What stands in front or beside says nothing of where it goes.
  for (const name of ["x-original-url", "x-rewrite-url", "x-forwarded-path", "x-forwarded-prefix", "forwarded", "x-envoy-original-path"]) refused(name, await raw("PUT", "/jobs", plan(), { ...as("launcher"), [name]: "/jobs/beside" }), 405);
  await harmless();
});

test("a word that stands twice in a query is taken neither first nor last", async () => {
  for (const [method, path] of [
    ["GET", "/jobs?limit=1&limit=2"], ["GET", "/jobs?state=ended&state=ended"], ["GET", "/jobs?from=0&%66rom=1"], ["GET", "/jobs?x&x"], ["GET", "/jobs?=1&=2"], ["GET", "/jobs/none?since=0&since=1"], ["GET", "/jobs/none?page=0&page=0"], ["GET", "/jobs/none/events?since=0&since=5"], ["GET", "/jobs/none/journal?cloud=tencent&cloud=huawei"],
    ["PUT", "/jobs/twice?account=default&account=other"], ["PUT", "/jobs/twice?account=other&account=default"], ["POST", "/survey?account=default&account=default"], ["POST", "/sign?account=default&account=x"], ["GET", "/images?cloud=tencent&cloud=huawei&region=ap-guangzhou"], ["GET", "/images?cloud=tencent&region=ap-guangzhou&region=ap-tokyo"], ["GET", "/?__proto__=1&__proto__=2"],
  ]) {
    const answer = await raw(method, path, method === "GET" ? undefined : plan(), as(path.startsWith("/sign") ? "signer" : "launcher"));
    refused(`${method} ${path}`, answer, 400);
    assert.match(JSON.parse(answer.text).message, /stands twice in the query/);
  }
  for (const state of ["", "done", "ENDED", "ended%00", "ended%20", "queued,running", "__proto__"]) refused(`state ${state}`, await raw("GET", `/jobs?state=${state}`, undefined, as("reader")), 400);
  for (const [cloud, region, pages] of [["tencent", "ap-guangzhou", ["", "-1", "1e3", "0x10", "%2B1", "1.0", "%D9%A3", "9".repeat(30)]], ["volcengine", "cn-beijing", ["", "%00", "%0a", "%E9%95%9C", "a%20b", "x".repeat(5000)]], ["huawei", "cn-north-4", ["", "0.5", "%27", "..", "465076DE-DC36-4AEC-80F5-EF9D8009428F", "0".repeat(37)]]]) {
    for (const page of pages) {
      const answer = await raw("GET", `/images?cloud=${cloud}&region=${region}&page=${page}`, undefined, as("reader"));
      refused(`page ${page} of ${cloud}`, answer, 400);
      assert.equal(JSON.parse(answer.text).code, "page");
    }
  }
  await harmless();
});

test("a body in another encoding or another alphabet is not read as if it were none", async () => {
  for (const encoding of ["gzip", "br", "deflate", "zstd", "x-gzip", "identity, gzip", "gzip, identity", "none", "aes128gcm"]) {
    for (const [method, path] of [["POST", "/check"], ["PUT", "/jobs/packed"]]) refused(`${encoding}: ${path}`, await raw(method, path, plan(), { ...as("launcher"), "content-encoding": encoding }), 415);
  }
  for (const type of ["application/json; charset=utf-16", "application/json;charset=UTF-7", 'application/json; charset="iso-8859-1"', "application/json; charset=", "application/json; x=y; charset=gbk", "application/json; charset=utf-8, text/plain", "application/json;charset=utf-8x"]) refused(type, await raw("PUT", "/jobs/packed", plan(), { ...as("launcher"), "content-type": type }), 415);
  for (const headers of [{ "content-encoding": "identity" }, { "content-encoding": "Identity", "content-type": "application/json" }, { "content-type": 'application/json; charset="UTF-8"' }]) assert.equal((await raw("POST", "/check", plan(), { ...as("reader"), ...headers })).status, 200, JSON.stringify(headers));
  await harmless();
});

test("what asks before a page does is promised no more than there is, and only GET is for one's health", async () => {
  for (const [method, headers] of [["PATCH", "authorization"], ["TRACE", "authorization"], ["PUT", "x-evil, cookie"], ["*", "*"], ["put", ""], ["PUT\tDELETE", "authorization"], ["GET", "a".repeat(5000)]]) {
    for (const path of ["/jobs/x", "/sign", "/nowhere", "/health"]) {
      const answer = await raw("OPTIONS", path, undefined, { origin: PAGE, "access-control-request-method": method, "access-control-request-headers": headers, "access-control-request-private-network": "true" });
      assert.deepEqual([answer.status, answer.text, answer.headers["access-control-allow-origin"]], [204, "", PAGE], path);
      assert.deepEqual([answer.headers["access-control-allow-methods"], answer.headers["access-control-allow-headers"]], ["GET, PUT, POST, DELETE", "authorization, content-type, last-event-id"]);
      for (const name of ["access-control-allow-credentials", "access-control-allow-private-network", "set-cookie"]) assert.equal(answer.headers[name], undefined, name);
    }
  }
  for (const method of ["POST", "PUT", "DELETE", "PATCH"]) refused(`${method} /health`, await raw(method, "/health"), 405);
  for (const path of ["/", "/jobs", "/jobs/none", "/jobs/none/events", "/metrics", "/images", "/sign", "/check"]) {
    const { status, text, headers } = await raw("HEAD", path, undefined, { ...as("launcher"), accept: "text/event-stream" });
    assert.deepEqual([status, text], [405, ""], path);
    assert.match(headers.allow, /GET|POST/);
  }
  assert.deepEqual([(await raw("HEAD", "/health")).status, (await raw("GET", "/health?x=1&x=2")).status], [200, 200]);
  await harmless();
});

test("tokens that are signed strangely, or say strange things under a good signature", async () => {
  const part = (value) => base64url.encode(typeof value === "string" ? value : JSON.stringify(value));
  const claims = { roles: ["read"], sub: "jo", iss: JWT.issuer, aud: JWT.audience, exp: Math.floor(Date.now() / 1000) + 300 };
  const made = async (header, text, change = (signature) => signature) => {
    const input = `${part(header)}.${part(text)}`;
    return `${input}.${Buffer.from(change(new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, Buffer.from(input))))).toString("base64url")}`;
  };
  const head = { alg: "ES256", kid: "one" };
  const der = (raw) => [0x30, 0x44, 0x02, 0x20, ...raw.slice(0, 32), 0x02, 0x20, ...raw.slice(32)];
  for (const [what, token] of [
    ["a signature of zeros", await made(head, claims, () => new Uint8Array(64))], ["an empty signature", await made(head, claims, () => [])], ["a signature in DER", await made(head, claims, der)], ["a signature twice", await made(head, claims, (raw) => [...raw, ...raw])],
    ["another algorithm over the same key", await made({ ...head, alg: "ES384" }, claims)], ["an algorithm of RSA", await made({ ...head, alg: "RS256" }, claims)], ["Ed25519", await made({ ...head, alg: "EdDSA" }, claims)], ["an algorithm in other case", await made({ ...head, alg: "es256" }, claims)], ["none beside the good one", await made('{"alg":"ES256","kid":"one","alg":"none"}', claims)],
    ["a body that is not encoded", await made({ ...head, b64: false, crit: ["b64"] }, claims)], ["an extension that nobody knows", await made({ ...head, crit: ["exp"], exp: 1 }, claims)], ["extensions that are none", await made({ ...head, crit: [] }, claims)], ["another key's name", await made({ ...head, kid: "two" }, claims)],
    ["five parts", `${part({ alg: "dir", enc: "A256GCM" })}..a.b.c`], ["four parts", `${await made(head, claims)}.x`], ["a dot at the end", `${await made(head, claims)}.`], ["filled up", `${await made(head, claims)}==`], ["a sign of the other alphabet", (await made(head, claims)).replaceAll("_", "/").replace(/.$/, "+")],
    ["an end as text", await made(head, { ...claims, exp: `${claims.exp}` })], ["an end in a list", await made(head, { ...claims, exp: [claims.exp] })], ["a beginning as text", await made(head, { ...claims, nbf: "0" })], ["a beginning to come", await made(head, { ...claims, nbf: claims.exp })], ["an issue as text", await made(head, { ...claims, iat: "now" })],
    ["an audience within a record", await made(head, { ...claims, aud: { [JWT.audience]: true } })], ["an audience that begins so", await made(head, { ...claims, aud: `${JWT.audience}-x` })], ["an issuer with a slash", await made(head, { ...claims, iss: `${JWT.issuer}/` })], ["an issuer that is empty", await made(head, { ...claims, iss: "" })],
    ["an owner of lone halves", await made(head, JSON.stringify({ ...claims, sub: "" }).replace('"sub":""', '"sub":"\\ud800"'))], ["an owner of no width", await made(head, { ...claims, sub: "a\u200bb" })], ["claims in a list", await made(head, [claims])], ["claims that are null", await made(head, "null")], ["claims with a mark in front", await made(head, `\ufeff${JSON.stringify(claims)}x`)],
  ]) refused(what, await raw("GET", "/jobs", undefined, as(token)), 401);
  const good = await made(head, { ...claims, aud: ["other", JWT.audience] });
  for (const value of [`Bearer ${good}`, `bearer ${good}`, `BEARER ${good}`]) assert.equal((await raw("GET", "/jobs", undefined, { authorization: value })).status, 200);
  for (const value of [`Bearer ${good} `.trim() + ",", `Bearer=${good}`, `Bearer:${good}`, `Token ${good}`, good, `Bearer "${good}"`, `Bearer ${good};`, `Bearer\t${good}`, `Bearer ${good} ${good}`]) refused(value.slice(0, 12), await raw("GET", "/jobs", undefined, { authorization: value }), 401);
  await harmless();
});

test("a replication that is there is told of in no other way than asked, and decided by nobody who may not", async () => {
  assert.equal((await raw("PUT", "/jobs/whole", plan({ name: "golden-whole" }), as("launcher"))).status, 201);
  // Who asks for nothing is not sent round in a circle.
  assert.equal(JSON.parse((await raw("GET", "/jobs?limit=0", undefined, as("reader"))).text).next, null);
  for (const since of ["-1", "1e400", "NaN", "Infinity", "9007199254740993", "9999999999999999", "18446744073709551616", "1.2.3", "", ".", "%D9%A3", "0x1", "%00", "1".repeat(5000)]) {
    for (const path of [`/jobs/whole?since=${since}`, `/jobs/whole?page=${since}`, `/jobs/whole/events?since=${since}`]) refused(path, await raw("GET", path, undefined, as("reader")), 400);
    if (!since.includes("%")) refused(`after ${since}`, await raw("GET", "/jobs/whole/events", undefined, { ...as("reader"), accept: "text/event-stream", "last-event-id": since }), 400);
  }
  refused("the journal of another cloud", await raw("GET", "/jobs/whole/journal?cloud=huawei", undefined, as("reader")), 400);
  for (const headers of [{ range: "bytes=0-10" }, { "if-none-match": "*" }, { "if-modified-since": "Sat, 01 Jan 2050 00:00:00 GMT" }, { "x-forwarded-host": "evil.example.com" }, { upgrade: "websocket", connection: "Upgrade" }, { expect: "100-continue" }]) {
    const { status, text } = await raw("GET", "/jobs/whole", undefined, { ...as("reader"), ...headers });
    assert.equal(status, 200, JSON.stringify(headers));
    assert.equal(JSON.parse(text).rows.length, 1, JSON.stringify(headers));
  }
  for (const word of ['{"cloud":"tencent","lane":4294967296,"imageId":null}', '{"cloud":"tencent","lane":1e400,"imageId":null}', '{"cloud":"tencent","lane":-0,"imageId":"x"}', '{"cloud":"tencent","lane":0.5,"imageId":"x"}', '{"cloud":"huawei","lane":0,"imageId":null}', '{"cloud":"tencent","lane":0,"lane":1,"imageId":null}', '{"__proto__":{"cloud":"tencent","lane":0,"imageId":null}}', "null", "[]"]) {
    refused(word, await raw("POST", "/jobs/whole/resolve", word, as("launcher")), 400);
    refused(`${word} of a reader`, await raw("POST", "/jobs/whole/resolve", word, as("reader")), 403);
  }
  for (const policy of [[], "fast", { concurrency: -1 }, { concurrency: 0.5 }, { concurrency: "6" }, { poll: "0s" }, { poll: "-1s" }, { poll: "1e400s" }, { deadline: "99999999999999d" }]) refused(JSON.stringify(policy), await raw("PUT", "/jobs/policy", plan({}, { policy }), as("launcher")), 400);
});

test("whoever races with others for a name gets it or is told, and a word on a launch counts once", async (t) => {
  const world = await serve({ copy_ms: 300, visible_after_ms: 40, script: [{ cloud: "tencent", action: "SyncImages", nth: 1, fault: "lost_before" }] });
  t.after(() => world.close());
  const edge = await serveEdge(configured(world.url));
  t.after(() => edge.stop());
  const launch = edge.as("launcher");
  const policy = { poll: "100ms", settle: "300ms", visible: "5s", backoff: "50ms", ambiguity: "stop" };
  const begins = await Promise.all(Array.from({ length: 12 }, (_, at) => launch("PUT", "/jobs/race", plan({ name: `golden-race${at % 3}` }, { policy }))));
  const plans = [0, 1, 2].map((which) => begins.filter((_, at) => at % 3 === which).map(({ status }) => status).sort());
  assert.deepEqual(plans.map((statuses) => statuses.join()).sort(), ["200,200,200,201", "409,409,409,409", "409,409,409,409"]);
  const ended = async () => {
    for (let looks = 0; looks < 200; looks++) {
      const { json } = await launch("GET", "/jobs/race");
      if (json.state === "ended") return json;
      await sleep(50);
    }
    throw new Error("it did not end");
  };
  // Its one launch got lost on its way: nobody knows.
  assert.deepEqual((await ended()).counts, { ambiguous: 1 });
  for (const imageId of ["", " ", "img-\u0000", "i".repeat(100_000), "img-o3ycss2p", 5, [], {}]) refused(`resolved by ${JSON.stringify(imageId).slice(0, 20)}`, await launch("POST", "/jobs/race/resolve", { cloud: "tencent", lane: 0, imageId }).then((answer) => ({ ...answer, headers: { "content-type": answer.headers.get("content-type") } })), 400);
  const words = await Promise.all(Array.from({ length: 8 }, () => launch("POST", "/jobs/race/resolve", { cloud: "tencent", lane: 0, imageId: null })));
  assert.deepEqual(words.map(({ status }) => status).sort(), [202, ...Array(7).fill(400)]);
  refused("another word afterwards", { status: (await launch("POST", "/jobs/race/resolve", { cloud: "tencent", lane: 0, imageId: "img-x" })).status, headers: {}, text: "" }, 400);
  assert.deepEqual((await ended()).counts, { ready: 1 });
  assert.deepEqual(world.world.ledger().lanes.map(({ images }) => images.length), [1]);
  const gone = await Promise.all(Array.from({ length: 6 }, () => launch("DELETE", "/jobs/race")));
  assert.deepEqual([gone.filter(({ status }) => status === 204).length, gone.every(({ status }) => [204, 404, 409].includes(status))], [1, true]);
});

test("conditions, ranges and points in time that nobody gave change nothing, and listeners that go away leave nothing", async () => {
  const { text } = await raw("GET", "/jobs/whole/journal", undefined, as("reader"));
  for (const headers of [{ "if-match": '"x"' }, { "if-unmodified-since": "Thu, 01 Jan 1970 00:00:00 GMT" }, { "if-range": '"x"', range: "bytes=0-1" }, { range: "bytes=-1" }, { range: "bytes=0-0,5-9" }, { range: "rows=1-2" }, { "max-forwards": "0" }, { te: "trailers" }, { accept: "application/xml" }, { "x-http-method-override": "DELETE" }, { prefer: "return=minimal" }]) {
    const answer = await raw("GET", "/jobs/whole/journal", undefined, { ...as("reader"), ...headers });
    assert.deepEqual([answer.status, answer.text], [200, text], JSON.stringify(headers));
  }
  for (const headers of [{ "if-none-match": "*" }, { "if-match": '"x"' }]) assert.equal((await raw("PUT", "/jobs/whole", plan({ name: "golden-whole" }), { ...as("launcher"), ...headers })).status, 200);
  for (const id of ["end", "1,2", "+1", " ", "1 ", "1\t2", "0.0", "01x", "1e3", "-0", "9".repeat(17), "a".repeat(4000)].filter((id) => id.trim() !== "1")) refused(`after ${id}`, await raw("GET", "/jobs/whole/events", undefined, { ...as("reader"), accept: "text/event-stream", "last-event-id": id }), 400);
  for (const path of ["/jobs/whole?since=end", "/jobs/whole/events?since=end", "/jobs/whole/events?limit=5001", "/jobs/whole?limit=2001", "/jobs/whole/journal?from=1000000001", "/jobs/whole/journal?from=-1", "/jobs?from=1000000001", "/jobs?limit=501", "/jobs/whole?page=end.end", "/jobs/whole?page=0.0"]) refused(path, await raw("GET", path, undefined, as("reader")), 400);
  for (const path of ["/jobs/whole?page=9007199254740991", "/jobs/whole?page=end"]) assert.deepEqual(JSON.parse((await raw("GET", path, undefined, as("reader"))).text).rows, [], path);
  for (const who of ["stranger", "signer", "nobody"]) refused(`${who} listens`, await raw("GET", "/jobs/whole/events", undefined, { ...as(who), accept: "text/event-stream" }), who === "stranger" ? 401 : 403);
  const { hostname, port, host } = new URL(worker.url);
  await Promise.all(Array.from({ length: 60 }, () => new Promise((over) => {
    const socket = connect(Number(port), hostname, () => socket.write(`GET /jobs/whole/events HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer reader\r\nAccept: text/event-stream\r\n\r\n`));
    socket.on("data", () => socket.destroy()).on("error", () => {}).on("close", over);
  })));
  assert.equal((await raw("GET", "/jobs/whole", undefined, as("reader"))).status, 200);
});
