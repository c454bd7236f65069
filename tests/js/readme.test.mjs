// The examples of the package's README, word for word, against the simulated clouds.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { KEYS } from "./sim.mjs";
import { folder } from "./temporary.mjs";

const here = import.meta.dirname;
const EXAMPLES = [...readFileSync(join(here, "../../wasm/js/README.md"), "utf8").matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);

/** The clouds in place of the network, and a clock in place of waiting. */
const CLOUDS = `
  import { World } from ${JSON.stringify(join(here, "sim.mjs"))};
  let now = Date.now();
  Date.now = () => now;
  globalThis.setTimeout = (then, ms) => void setImmediate(() => ((now += Math.max(ms, 0)), then()));
  const world = new World({ copy_ms: 60_000, visible_after_ms: 1_000 }, now);
  globalThis.fetch = async (url, { method, headers, body = "" }) => {
    const answer = world.handle(now, { method, url, headers, body });
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  };
`;

const env = {
  ...process.env,
  TENCENTCLOUD_SECRET_ID: KEYS.tencent.id, TENCENTCLOUD_SECRET_KEY: KEYS.tencent.secret, HUAWEICLOUD_SDK_AK: KEYS.huawei.id, HUAWEICLOUD_SDK_SK: KEYS.huawei.secret,
};

/** Runs an example in a folder with the package and nothing else; says what it printed. */
function runs(cwd, code) {
  writeFileSync(join(cwd, "example.mjs"), code);
  return execFileSync(process.execPath, ["--import", "./clouds.mjs", "example.mjs"], { cwd, env, encoding: "utf8" });
}

function project() {
  const cwd = folder();
  mkdirSync(join(cwd, "node_modules"));
  symlinkSync(join(here, "../../wasm/js"), join(cwd, "node_modules/imgferry"));
  writeFileSync(join(cwd, "clouds.mjs"), CLOUDS);
  return cwd;
}

/** What an example prints when it has worked. */
const SHOWS = [/ap-singapore ready img-\w+/, /launched/, /^$/, /200 .*quota/s, /^$/, /\{ ready: 1 \} .*golden/s];

test("the README has the examples that are expected here", () => assert.equal(EXAMPLES.length, SHOWS.length));

EXAMPLES.forEach((code, index) => {
  test(`example ${index + 1} of the README runs: ${code.match(/import .*? from "imgferry.*"/)[0]}`, () => assert.match(runs(project(), code), SHOWS[index]));
});

test("the first example goes on from its journal, also from one that was cut off", () => {
  const cwd = project();
  runs(cwd, EXAMPLES[0]);
  const journal = readFileSync(join(cwd, "golden.journal"), "utf8");
  for (const cut of [journal.length, Math.floor(journal.length / 2), 5, 0]) {
    writeFileSync(join(cwd, "golden.journal"), journal.slice(0, cut));
    assert.match(runs(cwd, EXAMPLES[0]), / (ready|ambiguous|failed|unfinished) /, `cut at ${cut}`);
  }
});
