// The package as others see it: its manifest, its types, its size beside the vendors'.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { toolchain } from "../../wasm/js/toolchain.mjs";
import { sizes } from "./sizes.mjs";
import { folder } from "./temporary.mjs";

const here = import.meta.dirname;
const root = join(here, "../../wasm/js");

function tool(path, ...parameters) {
  return execFileSync(process.execPath, [join(here, "node_modules", path), ...parameters], { cwd: root, encoding: "utf8" });
}

test("the manifest is sound", () => {
  assert.match(tool("publint/src/cli.js", "--strict"), /All good!/);
});

test("types resolve for every way to import", () => {
  const packed = folder();
  const [{ files }] = JSON.parse(execFileSync("npm", ["pack", "--json", "--pack-destination", packed], { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  const names = files.map(({ path }) => path);
  for (const name of ["README.md", "LICENSE-APACHE", "LICENSE-MIT", "types/module.d.ts"]) assert.ok(names.includes(name), name);
  // No entry is for CommonJS, nor for the resolution that knows no `exports`.
  assert.match(tool("@arethetypeswrong/cli/dist/index.js", "--profile", "esm-only", join(packed, "imgferry-0.1.0.tgz")), /🟢/);
});

test("nothing public is a 64-bit integer, and bytes are no lists of numbers", () => {
  for (const name of readdirSync(join(root, "types"), { recursive: true }).filter((name) => name.endsWith(".d.ts"))) {
    assert.doesNotMatch(readFileSync(join(root, "types", name), "utf8").replace(/\/\*\*.*?\*\//gs, ""), /\bbigint\b|number\[\]|BigInt/, name);
  }
});

test("the examples pass the strict type checker, and wrong ones do not", () => {
  tool("typescript/bin/tsc", "-p", join(here, "typed"));
});

/** Ceilings in gzip bytes: what was reached, with little room. English texts are within the code around a module. */
const CEILINGS = {
  "sign.wasm": 21_280, "explain.wasm": 141_820, "tencent.wasm": 71_600, "volcengine.wasm": 70_360, "huawei.wasm": 76_250, "imgferry.wasm": 213_050,
  "imgferry/sign, without its module": 3_590, "imgferry/tencent, without its module": 9_810, "imgferry, without its module": 23_330,
};

/** They hold for the compiler that they were taken with. Others differ a little; a standard library that is not built along adds to every module. */
function ceiling(most) {
  const { form, minor } = toolchain();
  return most * (minor === 95 ? 1 : 1.1) + (form === "prebuilt" ? 40_000 : 0);
}

test("no size grows unnoticed", async () => {
  const measured = await sizes();
  console.log(`${"bundle for one call".padEnd(40)}${["bytes", "gzip", "brotli"].map((form) => form.padStart(10)).join("")}`);
  for (const [name, forms] of measured) console.log(`${name.padEnd(40)}${["raw", "gzip", "brotli"].map((form) => String(forms[form]).padStart(10)).join("")}`);
  for (const [name, most] of Object.entries(CEILINGS)) assert.ok(measured.get(name).gzip <= ceiling(most), `${name}: ${measured.get(name).gzip} of ${ceiling(most)}`);
});
