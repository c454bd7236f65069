// The JavaScript of the documentation, word for word.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { folder } from "./temporary.mjs";

const ROOT = join(import.meta.dirname, "../..");
const PAGES = ["tutorial/javascript.md", "reference/javascript.md", "zh/tutorial/javascript.md"];

/** The code of a page. */
const examples = (page) => [...readFileSync(join(ROOT, "docs", page), "utf8").matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);

test("every page with JavaScript is here", () => {
  const all = readdirSync(join(ROOT, "docs"), { recursive: true }).filter((path) => path.endsWith(".md") && !path.includes("node_modules"));
  assert.deepEqual(all.filter((page) => examples(page).length).sort(), [...PAGES].sort());
});

for (const page of PAGES) {
  examples(page).forEach((code, index) => {
    test(`example ${index + 1} of ${page} runs`, () => {
      const cwd = folder();
      mkdirSync(join(cwd, "node_modules"));
      symlinkSync(join(ROOT, "wasm/js"), join(cwd, "node_modules/imgferry"));
      writeFileSync(join(cwd, "example.mjs"), code);
      assert.match(execFileSync(process.execPath, ["example.mjs"], { cwd, encoding: "utf8", timeout: 60_000 }), /\S/);
    });
  });
}
