// The list of parts that the package carries: whole, in the form that tools read, and the same from every folder.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sbom } from "../../wasm/js/sbom.mjs";

const root = join(import.meta.dirname, "../..");
const text = readFileSync(join(root, "wasm/js/dist/sbom.cdx.json"), "utf8");
const list = JSON.parse(text);
const described = JSON.parse(readFileSync(join(root, "wasm/js/package.json"), "utf8"));

test("every crate that Cargo compiles into a module is named, with its version, licence and checksum", () => {
  const tree = execFileSync("cargo", ["tree", "--locked", "--all-features", "--edges=normal,no-proc-macro", "--target=wasm32-unknown-unknown", "--prefix=none", "--format={p}", "-p", "imgferry-wasm"], { cwd: root, encoding: "utf8" });
  const compiled = new Set([...tree.matchAll(/^(\S+) v(\S+)/gm)].map(([, name, version]) => `${name} ${version}`).filter((crate) => !crate.startsWith("imgferry-wasm ")));
  const named = list.components.map(({ name, version }) => `${name} ${version}`);
  assert.deepEqual([...named].sort(), [...compiled].sort());
  assert.ok(compiled.size > 20 && named.some((crate) => crate.startsWith("sha2 ")) && named.some((crate) => crate.startsWith("wasm-bindgen ")));
  for (const { name, version, purl, licenses, hashes } of list.components) {
    assert.equal(purl, `pkg:cargo/${name}@${version}`);
    assert.match(licenses[0].expression, /^[A-Za-z0-9.() -]+$/);
    assert.ok(name.startsWith("imgferry") || /^[0-9a-f]{64}$/.test(hashes[0].content), name);
  }
});

test("it is CycloneDX, of this version, and leads from the package to every part", () => {
  assert.deepEqual([list.bomFormat, list.specVersion, list.metadata.component.purl], ["CycloneDX", "1.5", `pkg:npm/imgferry@${described.version}`]);
  const edges = new Map(list.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const reached = new Set([list.metadata.component["bom-ref"]]);
  for (const part of reached) for (const next of edges.get(part)) reached.add(next);
  assert.deepEqual([...reached].sort(), [...edges.keys()].sort());
  assert.equal(reached.size, list.components.length + 1);
});

test("nothing of the machine or the hour is in it", () => {
  assert.equal(sbom(root, described), text);
  assert.doesNotMatch(text, /file:|timestamp|serialNumber/);
  assert.ok(!text.includes(root));
});

test("it is packed", () => {
  const [{ files }] = JSON.parse(execFileSync("npm", ["pack", "--dry-run", "--json"], { cwd: join(root, "wasm/js"), encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  assert.ok(files.some(({ path }) => path === "dist/sbom.cdx.json"));
});
