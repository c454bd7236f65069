// Files import in one direction: no circles, those of types included, in the package, the worker, the console and these tests.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../..");

/** What a file imports of its own folder: by `import`, `export … from`, `import("…")`, and as a worker. */
const IMPORTS = /(?:from\s+|import\s+|import\(\s*|new URL\(\s*)"(\.\.?\/[^"]+)"/g;

for (const folder of ["wasm/js/src", "wasm/worker/src", "wasm/console/src", "tests/js"]) {
  test(`no files of ${folder} import each other in a circle`, () => {
    const at = join(root, folder);
    const names = readdirSync(at, { recursive: true }).filter((name) => /\.(ts|tsx|mjs)$/.test(name) && !/node_modules|\.d\.ts$/.test(name));
    assert.ok(names.length > 10);
    const imports = new Map(names.map((name) => [join(at, name), importsOf(join(at, name))]));
    assert.ok([...imports.values()].flat().length > 10);
    assert.deepEqual(circle(imports)?.map((path) => relative(at, path)), undefined);
  });
}

test("a circle is found", () => {
  assert.deepEqual(circle(new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b"]]])), ["b", "c", "b"]);
});

function importsOf(path) {
  return [...readFileSync(path, "utf8").matchAll(IMPORTS)].flatMap(([, name]) => {
    const stem = join(dirname(path), name.replace(/\.(js|tsx?|mjs)$/, ""));
    return [".ts", ".tsx", ".mjs"].map((ending) => stem + ending).filter(existsSync);
  });
}

/** Some circle, from its first file to the same again. */
function circle(imports) {
  const done = new Set();
  const walk = (file, way) => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of imports.get(file) ?? []) {
      const found = walk(next, [...way, file]);
      if (found) return found;
    }
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const found = walk(file, []);
    if (found) return found;
  }
  return undefined;
}
