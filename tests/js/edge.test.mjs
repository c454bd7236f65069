// The edge recipe in workerd: a replication that survives being killed, and split signing that cannot be misled.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import * as esbuild from "esbuild";
import { verify } from "imgferry";
import { openPage } from "./chromium.mjs";
import { KEYS, serve } from "./sim.mjs";
import { folder } from "./temporary.mjs";
import { serveWorker } from "./workerd.mjs";

const recipe = join(import.meta.dirname, "../../wasm/worker");
const out = folder();
const imgferry = { nodePaths: [join(import.meta.dirname, "node_modules")], bundle: true, format: "esm", logLevel: "error" };
let allow;
let sim;

/** The recipe with a storage that is slow, and out of order at every seventh write. */
const FRAIL = `
  import main, { Replication as Recipe } from ${JSON.stringify(join(recipe, "worker.js"))};
  export default main;
  let writes = 0;
  export class Replication extends Recipe {
    constructor(ctx, env) {
      super(ctx, env);
      const storage = {
        list: (options) => ctx.storage.list(options),
        getAlarm: () => ctx.storage.getAlarm(),
        setAlarm: (time) => ctx.storage.setAlarm(time),
        async put(pieces) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          if (++writes % 7 === 0) throw new Error("storage is out of order");
          await ctx.storage.put(pieces);
        },
      };
      Object.defineProperty(this, "ctx", { value: { storage } });
    }
  }
`;

/** The recipe as it stands, but for what a test needs: any port, loopback allowed, its own keys and allow-list. */
before(async () => {
  const worker = { ...imgferry, outdir: out, conditions: ["workerd"], external: ["cloudflare:workers"], loader: { ".wasm": "copy" }, assetNames: "[name]" };
  await esbuild.build({ ...worker, entryPoints: [join(recipe, "worker.js")] });
  await esbuild.build({ ...worker, stdin: { contents: FRAIL, resolveDir: import.meta.dirname }, entryNames: "frail" });
  mkdirSync(join(out, "storage"));
  let config = readFileSync(join(recipe, "config.capnp"), "utf8");
  for (const [from, to] of [[`"127.0.0.1:8787"`, `"127.0.0.1:0"`], [`allow = ["public"]`, `allow = ["private", "local"]`]]) {
    assert.ok(config.includes(from));
    config = config.replace(from, to);
  }
  writeFileSync(join(out, "config.capnp"), config);
  sim = await serve({ copy_ms: [1500, 4000], visible_after_ms: 100 });
  const host = new URL(sim.url).host;
  allow = JSON.parse(readFileSync(join(recipe, "allow.json"), "utf8")).map((entry) => ({ ...entry, hosts: [...entry.hosts, host] }));
  writeFileSync(join(out, "allow.json"), JSON.stringify(allow));
  Object.assign(process.env, {
    TENCENTCLOUD_SECRET_ID: KEYS.tencent.id, TENCENTCLOUD_SECRET_KEY: KEYS.tencent.secret, VOLCENGINE_ACCESS_KEY: KEYS.volcengine.id,
    VOLCENGINE_SECRET_KEY: KEYS.volcengine.secret, HUAWEICLOUD_SDK_AK: KEYS.huawei.id, HUAWEICLOUD_SDK_SK: KEYS.huawei.secret,
  });
});
after(() => sim?.close());

/** A plan for three clouds, each image under that name. */
function planned(name) {
  return {
    clouds: { tencent: { endpoint: sim.url }, volcengine: { endpoint: sim.url }, huawei: { endpoint: `${sim.url}/{region}` } },
    copies: [
      { cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai", "ap-singapore", "ap-beijing"], name },
      { cloud: "volcengine", image: "image-4431h3l7hl31a0example", from: "cn-beijing", to: ["cn-shanghai"], name },
      { cloud: "huawei", image: "465076de-dc36-4aec-80f5-ef9d8009428f", from: "cn-north-4", to: ["cn-south-1"], name, params: { agency_name: "ims_copy_image" } },
    ],
    policy: { poll: "100ms", settle: "300ms", visible: "5s", backoff: "50ms", backoff_max: "300ms" },
  };
}

/** Looks until a replication has ended. */
async function report(worker, job) {
  let report;
  for (let looks = 0; looks < 6000 && (report?.exitCode ?? 6) === 6; looks++) {
    await sleep(100);
    report = await (await fetch(`${worker.url}/jobs/${job}`)).json();
  }
  return report;
}

/** That every copy of that name is there, once. */
function carried(name) {
  const { lanes, violations } = sim.world.ledger();
  assert.deepEqual(lanes.filter((lane) => lane.name === name).map(({ images }) => images.length), [1, 1, 1, 1, 1]);
  assert.deepEqual(violations, []);
}

test("a replication goes on after workerd was killed in the middle, again and again", async () => {
  const plan = planned("edge");
  let worker = await serveWorker(out);
  const begun = await fetch(`${worker.url}/jobs/nightly`, { method: "PUT", body: JSON.stringify(plan) });
  assert.equal(begun.status, 201);
  assert.equal((await begun.json()).rows.length, 5);
  for (const pause of [60, 150, 400, 30, 700, 250]) {
    await sleep(pause);
    await worker.stop();
    worker = await serveWorker(out);
  }
  const again = await fetch(`${worker.url}/jobs/nightly`, { method: "PUT", body: JSON.stringify(plan) });
  assert.deepEqual([again.status, (await again.json()).rows.length], [200, 5], "beginning twice begins nothing");
  const ended = await report(worker, "nightly");
  await worker.stop();
  assert.deepEqual(ended.counts, { ready: 5 }, JSON.stringify(ended));
  carried("edge");
});

test("a storage that is slow and fails now and then loses nothing and doubles nothing", async (t) => {
  const whole = readFileSync(join(out, "config.capnp"), "utf8");
  writeFileSync(join(out, "frail.capnp"), whole.replace(`embed "worker.js"`, `embed "frail.js"`).replace(`path = "storage"`, `path = "frail"`));
  mkdirSync(join(out, "frail"));
  const worker = await serveWorker(out, [], "frail.capnp");
  t.after(() => worker.stop());
  for (let tries = 0; tries < 3; tries++) await (await fetch(`${worker.url}/jobs/nightly`, { method: "PUT", body: JSON.stringify(planned("frail")) })).text();
  const ended = await report(worker, "nightly");
  assert.deepEqual(ended.counts, { ready: 5 }, JSON.stringify(ended));
  carried("frail");
});

test("wrong requests are told what is wrong, and the worker works on", async (t) => {
  const worker = await serveWorker(out);
  t.after(() => worker.stop());
  for (const [method, path, body, status, code] of [
    ["GET", "/", undefined, 404], ["GET", "/sign", undefined, 404], ["POST", "/sign/x", "{}", 404], ["PUT", "/jobs/", "{}", 404], ["PUT", "/jobs/a/b", "{}", 404],
    ["POST", "/jobs/a", "{}", 405], ["POST", "/sign", "{", 400, "body"], ["POST", "/sign", "", 400, "body"], ["POST", "/sign", "[".repeat(100_000), 400, "body"],
    ["PUT", "/jobs/a", "nightly", 400, "body"], ["PUT", "/jobs/a", "null", 400, "plan.field"],
    ["PUT", "/jobs/a", "{}", 400, "plan.empty"], ["PUT", "/jobs/a", JSON.stringify({ copies: [{ cloud: "aws" }] }), 400, /^plan/],
  ]) {
    const response = await fetch(`${worker.url}${path}`, { method, body });
    const text = await response.text();
    assert.equal(response.status, status, `${method} ${path} ${text}`);
    if (code === undefined) continue;
    const { name, code: told, message, hint, problems } = JSON.parse(text);
    assert.match(told, new RegExp(code), text);
    assert.ok(name === "ImgferryError" && message && hint && Array.isArray(problems), text);
  }
  assert.equal(await (await fetch(`${worker.url}/jobs/a`)).json(), null);
});

test("a page has its requests signed, and nothing else", async () => {
  const page = await esbuild.build({
    ...imgferry, write: false, alias: { imgferry: "imgferry/inline" },
    stdin: { contents: `import { build } from "imgferry"; import { prepared } from ${JSON.stringify(join(recipe, "signing.js"))}; Object.assign(globalThis, { build, prepared });`, resolveDir: import.meta.dirname },
  });
  const worker = await serveWorker(out);
  const browser = await openPage();
  try {
    await browser.page.addScriptTag({ type: "module", content: page.outputFiles[0].text });
    await browser.page.waitForFunction("globalThis.prepared");
    const params = { ImageIds: ["img-o3ycss2p"], DestinationRegions: ["ap-nanjing"], ImageName: "golden-page", ImageSetRequired: true };
    const at = { region: "ap-guangzhou", endpoint: sim.url };
    const asked = await browser.page.evaluate(([params, at, id, now]) => globalThis.prepared("tencent", "SyncImages", params, at, { id }, now), [params, at, KEYS.tencent.id, Date.now()]);
    const ask = async (changed) => {
      const response = await fetch(`${worker.url}/sign`, { method: "POST", body: JSON.stringify(changed) });
      const text = await response.text();
      assert.ok(!text.includes(KEYS.tencent.secret));
      return { status: response.status, ...JSON.parse(text) };
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
      ["an operation that is not allowed", { ...asked, ...(await prepareAnew({})), operation: "DeleteImages", params: { ImageIds: ["img-o3ycss2p"] } }, "operation"],
      ["a region that is not allowed", await prepareAnew({ at: { region: "ap-beijing" } }), "at.region"],
      ["a host that is not allowed", await prepareAnew({ at: { endpoint: "https://evil.example.com" } }), "at.endpoint"],
      ["a name that is not allowed", await prepareAnew({ params: { ImageName: "silver" } }), "params.ImageName"],
      ["a name with a line break in it", await prepareAnew({ params: { ImageName: "silver golden-" } }), "params.ImageName"],
      ["a destination that is not allowed", await prepareAnew({ params: { DestinationRegions: ["ap-nanjing", "na-ashburn"] } }), "params.DestinationRegions"],
      ["a parameter that is not allowed", await prepareAnew({ params: { DryRun: true } }), "params.DryRun"],
      ["a parameter that is not allowed, though it holds nothing", await prepareAnew({ operation: "DescribeImages", only: { Filters: [] } }), "params.Filters"],
      ["a host that is signed and not allowed", await prepareAnew({ at: { site: "international", signHost: "official" } }), "at.endpoint"],
      ["a path before that of the operation", await prepareAnew({ at: { endpoint: `${sim.url}//v3` } }), "at.endpoint"],
      ["a time that has passed", await prepareAnew({ now: Date.now() - 3_600_000 }), "timeMs"],
    ]) {
      const answer = await ask(changed);
      assert.deepEqual([answer.status, answer.code], [400, code], `${what}: ${answer.message}`);
    }
    for (const nothing of [{}, [], null, 5, "prepared"]) assert.equal((await ask(nothing)).status, 400);
  } finally {
    await browser.close();
    await worker.stop();
  }
});
