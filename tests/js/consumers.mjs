// Consumers of the packed tarball: an empty project for each, what each must report, and pages of it in a browser.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { check, explain, sign } from "imgferry";
import { openPage } from "./chromium.mjs";
import { KEYS, serve } from "./sim.mjs";
import { folder } from "./temporary.mjs";

export const pack = join(import.meta.dirname, "../pack");
const projects = folder();
let isPacked = false;

/** A project with only the tarball and what its own manifest names, and the files of that consumer. */
export function project(name, consumer) {
  if (!isPacked) execFileSync("npm", ["pack", "--silent", "--pack-destination", projects], { cwd: join(import.meta.dirname, "../../wasm/js") });
  isPacked = true;
  const at = join(projects, name);
  mkdirSync(at);
  cpSync(join(pack, consumer), at, { recursive: true });
  cpSync(join(pack, "replicate.js"), join(at, "replicate.js"));
  const manifest = join(at, "package.json");
  const isOwn = existsSync(manifest);
  if (!isOwn) writeFileSync(manifest, JSON.stringify({ type: "module", private: true, dependencies: { imgferry: "file:../imgferry-0.1.0.tgz" } }));
  execFileSync("npm", ["install", "--loglevel=error", isOwn ? "--prefer-offline" : "--offline", "--no-audit", "--no-fund"], { cwd: at, stdio: ["ignore", "ignore", "inherit"] });
  return at;
}

/** What level 1 signs in every consumer, by the whole module here. */
const SIGNATURE = sign("huawei", { method: "GET", url: "https://ims.cn-north-4.myhuaweicloud.com/v1/cloudimages/quota", timeMs: 1_722_470_400_000 }, KEYS.huawei).signature;

/** What a rule and a code are told by, of two clouds in two languages. */
const WORDS = [check({ copies: [{ cloud: "tencent", image: "none", from: "ap-guangzhou", to: ["ap-shanghai"] }] })[0].messageZh, explain("huawei", "IMG.0015").cause];

/** What a consumer must report, and the clouds must hold. */
export async function replicates(consume) {
  const sim = await serve({ copy_ms: 300, visible_after_ms: 40, faults: { lost_after: 0.02, throttle: 0.05 } });
  try {
    const { launches, launched, ...outcome } = await consume(sim.url);
    assert.deepEqual(outcome, {
      problems: 0, exitCode: 0, counts: { ready: 5 }, kept: true, restored: '{"ready":5}', secretInJournal: false, signature: SIGNATURE, words: WORDS,
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

/** Serves that folder and has its page opened, which must replicate. */
export async function inPage(root, browse = inChromium) {
  const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
  const server = createServer((request, response) => {
    const path = join(root, new URL(request.url, "http://h").pathname.replace(/\/$/, "/index.html"));
    if (!existsSync(path)) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": types[extname(path)] ?? "text/plain" }).end(readFileSync(path));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await browse(`http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.close().closeAllConnections();
  }
}

/** The same of a page that is served already. */
export async function inChromium(address) {
  const { page, close } = await openPage();
  try {
    await replicates(async (url) => {
      await page.goto(`${address}#${encodeURIComponent(url)}`);
      await page.waitForFunction("globalThis.outcome");
      return page.evaluate("globalThis.outcome");
    });
  } finally {
    await close();
  }
}
