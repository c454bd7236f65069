// Consumers of the packed tarball, each in an empty project of its own, on every runtime: a whole replication over real HTTP.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import { openPage } from "./chromium.mjs";
import { inPage, pack, project, replicates } from "./consumers.mjs";
import { serveWorker } from "./workerd.mjs";

const here = import.meta.dirname;
const bin = join(here, "node_modules/.bin");
const execute = promisify(execFile);

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

test("a bundle for Node replicates with module and texts beside it; for want of the texts it says so once", async () => {
  const at = project("esbuild-node", "script");
  const [out, dist] = [join(at, "out"), join(at, "node_modules/imgferry/dist")];
  await esbuild.build({ entryPoints: [join(at, "main.js")], outfile: join(out, "main.mjs"), bundle: true, platform: "node", format: "esm", logLevel: "error" });
  const run = (url) => execute(process.execPath, [join(out, "main.mjs"), url], { timeout: 600_000 });
  for (const name of ["imgferry.wasm", "sign.wasm"]) cpSync(join(dist, name), join(out, name));
  await assert.rejects(replicates(async (url) => {
    const { stdout, stderr } = await run(url);
    assert.equal(stderr.match(/copy node_modules\/imgferry\/dist\/text beside the bundle, or import imgferry\/inline/g)?.length, 1, stderr);
    return JSON.parse(stdout);
  }), ({ actual }) => /^tencent\./.test(actual.words[0]));
  cpSync(join(dist, "text"), join(out, "text"), { recursive: true });
  await replicates(async (url) => JSON.parse((await run(url)).stdout));
});

test("a build of webpack for Node replicates, with its files or all in its code", async () => {
  for (const [name, alias] of [["webpack-node", {}], ["webpack-inline", { "imgferry/sign$": "imgferry/sign/inline", imgferry$: "imgferry/inline" }]]) {
    const at = project(name, "script");
    await packed((await import("webpack")).default, at, join(at, "out"), { target: "node", output: { path: join(at, "out"), filename: "main.mjs", module: true, chunkFormat: "module" }, resolve: { alias } });
    await replicates(async (url) => JSON.parse((await execute(process.execPath, [join(at, "out/main.mjs"), url], { timeout: 600_000 })).stdout));
  }
});

/** Builds that page by the bundler, which carries the modules along, and opens it. */
const BUNDLERS = {
  async Rollup(at, out) {
    const [{ rollup }, { nodeResolve }] = [await import("rollup"), await import("@rollup/plugin-node-resolve")];
    const bundle = await rollup({ input: join(at, "main.js"), plugins: [nodeResolve({ browser: true })] });
    await bundle.write({ dir: out, format: "es" });
    // Without a plugin it leaves files behind.
    for (const name of ["imgferry.wasm", "sign.wasm"]) cpSync(join(at, "node_modules/imgferry/dist", name), join(out, name));
  },
  async webpack(at, out) {
    await packed((await import("webpack")).default, at, out);
  },
  async Rspack(at, out) {
    await packed((await import("@rspack/core")).rspack, at, out);
  },
  // It ignores `exports` unless it is told otherwise.
  async Parcel(at, out) {
    await execute(process.execPath, [join(here, "node_modules/parcel/lib/bin.js"), "build", "index.html", "--dist-dir", out, "--public-url", "./", "--no-cache", "--log-level", "error"], { cwd: at, timeout: 300_000, env: { ...process.env, PARCEL_WORKERS: "1" } });
  },
};

for (const [name, build] of Object.entries(BUNDLERS)) {
  test(`a build of ${name} replicates in Chromium`, async () => {
    const at = project(name.toLowerCase(), "page");
    const out = join(at, "out");
    await build(at, out);
    if (!existsSync(join(out, "index.html"))) cpSync(join(at, "index.html"), join(out, "index.html"));
    await inPage(out);
  });
}

/** Builds by webpack, or what takes its configuration. */
async function packed(bundler, at, out, more = {}) {
  const config = { mode: "production", context: at, entry: "./main.js", output: { path: out, filename: "main.js", module: true, publicPath: "auto" }, experiments: { outputModule: true }, performance: { hints: false }, ...more };
  const stats = await promisify(bundler)(config);
  assert.deepEqual(stats.toJson({ all: false, errors: true }).errors, []);
}

for (const [name, bin, parameters, env] of [
  ["Jest", "jest/bin/jest.js", ["--config", JSON.stringify({ transform: {}, testEnvironment: "node" })], { NODE_OPTIONS: "--experimental-vm-modules --no-warnings" }],
  ["Vitest", "vitest/vitest.mjs", ["run", "--globals"], {}],
]) {
  test(`tests of ${name} replicate, in Node and in jsdom`, () =>
    replicates(async (url) => {
      const at = project(name.toLowerCase(), "runner");
      // Runners find what they need beside the tests.
      for (const found of ["jest-environment-jsdom", "jsdom", "vitest"]) symlinkSync(join(here, "node_modules", found), join(at, "node_modules", found));
      await execute(process.execPath, [join(here, "node_modules", bin), ...parameters], { cwd: at, timeout: 300_000, env: { ...process.env, ...env, SIM: url, CI: "1" } }).catch((error) => assert.fail(`${error.stdout}\n${error.stderr}`));
      return JSON.parse(readFileSync(join(at, "outcome.json"), "utf8"));
    }));
}

test("a page of an extension replicates in Chromium; without 'wasm-unsafe-eval' the error names it", async () => {
  const at = project("extension", "page");
  for (const [name, policy] of [["allowed", undefined], ["refused", "script-src 'self'; object-src 'self'"]]) {
    const out = join(at, name);
    await esbuild.build({ entryPoints: [join(at, "main.js")], outfile: join(out, "main.js"), bundle: true, minify: true, format: "esm", logLevel: "error" });
    for (const module of ["imgferry.wasm", "sign.wasm"]) cpSync(join(at, "node_modules/imgferry/dist", module), join(out, module));
    cpSync(join(at, "index.html"), join(out, "index.html"));
    cpSync(join(pack, "extension"), out, { recursive: true });
    if (policy) {
      const manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));
      writeFileSync(join(out, "manifest.json"), JSON.stringify({ ...manifest, content_security_policy: { extension_pages: policy } }));
    }
    const { page, close } = await openPage([`--disable-extensions-except=${out}`, `--load-extension=${out}`]);
    try {
      const worker = page.context().serviceWorkers()[0] ?? (await page.context().waitForEvent("serviceworker"));
      const origin = new URL(worker.url()).origin === "null" ? worker.url().replace(/\/background\.js$/, "") : new URL(worker.url()).origin;
      const outcome = async (url) => {
        await page.goto(`${origin}/index.html#${encodeURIComponent(url)}`);
        await page.waitForFunction("globalThis.outcome");
        return page.evaluate("globalThis.outcome");
      };
      if (policy) await assert.rejects(outcome("http://127.0.0.1:9"), /could not be loaded/);
      else await replicates(outcome);
      if (policy) assert.match(await page.evaluate("globalThis.outcome.catch((error) => `${error.code} ${error.hint}`)"), /^module\.load .*'wasm-unsafe-eval'/);
    } finally {
      await close();
    }
  }
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
