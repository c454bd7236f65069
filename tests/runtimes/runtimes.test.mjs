// The packed tarball where an installation takes minutes: in Next and SvelteKit, on the server, at the edge and in their pages,
// and in Firefox.
import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import { cpSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { launch } from "puppeteer-core";
import { inChromium, inPage, project, replicates } from "../js/consumers.mjs";
import { child, folder } from "../js/temporary.mjs";

const execute = promisify(execFile);
const { build } = createRequire(join(import.meta.dirname, "../js/package.json"))("esbuild");
/** Nothing leaves this machine. */
const QUIET = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", CI: "1" };

for (const [name, consumer, builds, starts, routes] of [
  ["Next", "next", ["next/dist/bin/next", "build"], (port) => ["node_modules/next/dist/bin/next", "start", "-H", "127.0.0.1", "-p", port], ["server", "edge"]],
  ["SvelteKit", "svelte", ["vite/bin/vite.js", "build"], () => ["build"], ["server"]],
]) {
  test(`${name} replicates ${routes.map((route) => (route === "edge" ? "in an edge route" : "on the server")).join(", ")} and in its page`, async (t) => {
    const at = project(consumer, consumer);
    const [tool, ...parameters] = builds;
    await execute(process.execPath, [join(at, "node_modules", tool), ...parameters], { cwd: at, env: QUIET, timeout: 600_000 }).catch((error) => assert.fail(`${error.stdout}\n${error.stderr}`));
    const port = await free();
    const server = child(spawn(process.execPath, starts(String(port)), { cwd: at, env: { ...QUIET, HOST: "127.0.0.1", PORT: String(port) }, stdio: ["ignore", "pipe", "pipe"] }));
    t.after(() => server.kill("SIGKILL"));
    let logs = "";
    for (const out of [server.stdout, server.stderr]) out.on("data", (text) => (logs += text));
    const address = `http://127.0.0.1:${port}/`;
    await answers(address);
    for (const route of routes) {
      await replicates(async (url) => {
        const response = await fetch(`${address}${route}?sim=${encodeURIComponent(url)}`);
        const text = await response.text();
        assert.equal(response.status, 200, `${route}: ${text}\n${logs}`);
        return JSON.parse(text);
      });
      console.log(`${name}: ${route} replicated`);
    }
    await inChromium(address);
    console.log(`${name}: its page replicated`);
  });
}

test("a page in Firefox replicates", async () => {
  const at = project("firefox", "page");
  const out = join(at, "out");
  await build({ entryPoints: [join(at, "main.js")], outfile: join(out, "main.js"), bundle: true, minify: true, format: "esm", logLevel: "error" });
  for (const name of ["imgferry.wasm", "sign.wasm"]) cpSync(join(at, "node_modules/imgferry/dist", name), join(out, name));
  cpSync(join(at, "index.html"), join(out, "index.html"));
  const executablePath = execFileSync("sh", ["-c", "command -v firefox-esr || command -v firefox"], { encoding: "utf8" }).trim();
  const browser = await launch({ browser: "firefox", executablePath, userDataDir: folder(), timeout: 120_000 });
  try {
    await inPage(out, (address) =>
      replicates(async (url) => {
        const page = await browser.newPage();
        await page.goto(`${address}#${encodeURIComponent(url)}`);
        await page.waitForFunction("globalThis.outcome", { timeout: 120_000 });
        return page.evaluate("globalThis.outcome");
      }),
    );
    console.log(`Firefox ${await browser.version()}: a page replicated`);
  } finally {
    await browser.close();
  }
});

async function free() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

async function answers(address) {
  for (const until = Date.now() + 60_000; ; ) {
    try {
      return await (await fetch(address)).text();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
