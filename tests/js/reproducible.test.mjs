// The smallest module, built in two folders, is the same to the byte; `make reproducible` does so with wheel and package.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

test("the module that signs is the same from every folder", () => {
  const told = execFileSync("python3", [join(import.meta.dirname, "../reproducible.py"), "sign"], { encoding: "utf8" });
  assert.match(told, /^sign: (?:[2-9]|[1-9]\d+) files built twice, 0 differ/);
});
