// Consumers of the packed tarball, each in an empty project of its own, on every runtime: a whole replication over real HTTP.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { before, test } from "node:test";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import { sign } from "imgferry";
import { openPage } from "./chromium.mjs";
import { KEYS, serve } from "./sim.mjs";
import { folder } from "./temporary.mjs";
import { serveWorker } from "./workerd.mjs";

const here = import.meta.dirname;
const pack = join(here, "../pack");
const bin = join(here, "node_modules/.bin");
const projects = folder();
const execute = promisify(execFile);

before(() => {
  execFileSync("npm", ["pack", "--silent", "--pack-destination", projects], { cwd: join(here, "../../wasm/js") });
});

/** An empty project with only the tarball, and the files of that consumer. */
function project(name, consumer) {
  const at = join(projects, name);
  mkdirSync(at);
  cpSync(join(pack, consumer), at, { recursive: true });
  cpSync(join(pack, "replicate.js"), join(at, "replicate.js"));
  writeFileSync(join(at, "package.json"), JSON.stringify({ type: "module", private: true, dependencies: { imgferry: "file:../imgferry-0.1.0.tgz" } }));
  execFileSync("npm", ["install", "--silent", "--offline", "--no-audit", "--no-fund"], { cwd: at });
  return at;
}

/** What level 1 signs in every consumer, by the whole module here. */
const SIGNATURE = sign("huawei", { method: "GET", url: "https://ims.cn-north-4.myhuaweicloud.com/v1/cloudimages/quota", timeMs: 1_722_470_400_000 }, KEYS.huawei).signature;

/** What a consumer must report, and the clouds must hold. */
async function replicates(consume) {
  const sim = await serve({ copy_ms: 300, visible_after_ms: 40, faults: { lost_after: 0.02, throttle: 0.05 } });
  try {
    const { launches, launched, ...outcome } = await consume(sim.url);
    assert.deepEqual(outcome, {
      problems: 0, exitCode: 0, counts: { ready: 5 }, kept: true, restored: '{"ready":5}', secretInJournal: false, signature: SIGNATURE,
    });
    // Answers may be lost and launches refused: how often each was launched is not told beforehand.
    assert.ok(launches.length === 5 && launches.every((times) => times >= 1) && launched >= 1, `${launches}, ${launched}`);
    const { lanes, violations } = sim.world.ledger();
    assert.deepEqual(lanes.map(({ images }) => images.length), [1, 1, 1, 1, 1]);
    assert.deepEqual(violations, []);
  } finally {
    sim.close();
  }
}

for (const [name, command] of [
  ["node", [process.execPath, "main.js"]],
  ["deno", [join(bin, "deno"), "run", "--quiet", "--allow-net=127.0.0.1", "--allow-read", "--node-modules-dir=manual", "main.js"]],
  ["bun", [join(bin, "bun"), "run", "main.js"]],
]) {
  test(`${name} replicates`, () =>
    replicates(async (url) => {
      const [program, ...parameters] = command;
      const { stdout } = await execute(program, [...parameters, url], { cwd: project(name, "script"), timeout: 600_000 });
      return JSON.parse(stdout);
    }));
}

test("a bundle of esbuild replicates in Node and in Chromium", async () => {
  const at = project("esbuild", "page");
  const bundle = (entry, outfile, alias = {}) =>
    esbuild.build({ entryPoints: [join(at, entry)], outfile: join(at, outfile), alias, bundle: true, minify: true, format: "esm", logLevel: "error" });
  cpSync(join(pack, "script/main.js"), join(at, "script.js"));
  // It leaves files behind: either the modules are within the code, or they are copied beside it.
  await bundle("script.js", "out/script.mjs", { "imgferry/sign": "imgferry/sign/inline", imgferry: "imgferry/inline" });
  await replicates(async (url) => JSON.parse((await execute(process.execPath, [join(at, "out/script.mjs"), url], { timeout: 600_000 })).stdout));
  await bundle("main.js", "out/main.js");
  for (const name of ["imgferry.wasm", "sign.wasm"]) cpSync(join(at, "node_modules/imgferry/dist", name), join(at, "out", name));
  cpSync(join(at, "index.html"), join(at, "out/index.html"));
  await inPage(join(at, "out"));
});

test("a build of Vite replicates in Chromium", async () => {
  const at = project("vite", "page");
  await execute(process.execPath, [join(here, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "error", "--base", "./"], { cwd: at });
  await inPage(join(at, "dist"));
});

test("workerd replicates", async () => {
  const at = project("workerd", "worker");
  await esbuild.build({
    entryPoints: [join(at, "main.js")], outdir: join(at, "out"), bundle: true, format: "esm", conditions: ["workerd"], loader: { ".wasm": "copy" }, assetNames: "[name]", logLevel: "error",
  });
  cpSync(join(at, "config.capnp"), join(at, "out/config.capnp"));
  const worker = await serveWorker(join(at, "out"));
  try {
    await replicates(async (url) => (await fetch(`${worker.url}/?${encodeURIComponent(url)}`)).json());
  } finally {
    await worker.stop();
  }
});

/** Opens the page in that folder in Chromium and returns what its replication came to. */
async function inPage(root) {
  const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
  const server = createServer((request, response) => {
    const path = join(root, new URL(request.url, "http://h").pathname.replace(/\/$/, "/index.html"));
    if (!existsSync(path)) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": types[extname(path)] ?? "text/plain" }).end(readFileSync(path));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { page, close } = await openPage();
  try {
    await replicates(async (url) => {
      await page.goto(`http://127.0.0.1:${server.address().port}/#${encodeURIComponent(url)}`);
      await page.waitForFunction("globalThis.outcome");
      return page.evaluate("globalThis.outcome");
    });
  } finally {
    await close();
    server.close();
  }
}
