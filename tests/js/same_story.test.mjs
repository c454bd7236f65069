// A thousand seeded jobs tell the same story in Node as in Rust: requests, events, journals and reports.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { tell } from "./same_story.mjs";

const STORIES = 1000;

test(`${STORIES} jobs tell the same story in Node and in Rust`, () => {
  const told = execFileSync("cargo", ["run", "-q", "-p", "imgferry-tests", "--profile", "test", "--example", "same_story", "--", `${STORIES}`], {
    cwd: join(import.meta.dirname, "../.."), encoding: "utf8", maxBuffer: 2 ** 26,
  });
  const lines = told.trim().split("\n");
  assert.equal(lines.length, STORIES);
  for (const line of lines) {
    const [seed, ...expected] = line.split(" ");
    const ours = tell(Number(seed));
    for (const [index, what] of ["requests", "events", "journal", "report"].entries()) assert.equal(ours[index], expected[index], `${what} of story ${seed}`);
  }
});
