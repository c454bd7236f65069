// The built module, taken apart: what it imports, and that it is loaded when it is wanted.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Bridge } from "../../wasm/js/dist/bridge.js";

const DIST = join(import.meta.dirname, "../../wasm/js/dist");

/** All that the glue offers the module: making texts and errors. No clock, no randomness, no network, no environment. */
const ALLOWED = /^(__wbg___wbindgen_throw_[0-9a-f]+|__wbindgen_init_externref_table|__wbindgen_(generic|cast)_[0-9a-f]+)$/;

for (const name of ["imgferry.wasm", "tencent.wasm", "volcengine.wasm", "huawei.wasm", "sign.wasm", "explain.wasm", "sim.wasm"]) {
  test(`${name} imports no clock, no randomness and no network`, () => {
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(join(DIST, name))));
    console.log(`${name} imports: ${imports.map(({ name }) => name).join(", ") || "nothing"}`);
    assert.ok(imports.length < 5);
    for (const { module, name, kind } of imports) {
      assert.equal(kind, "function");
      assert.match(module, /^\.\/\w+-glue_bg\.js$/);
      assert.match(name, ALLOWED);
    }
  });
}

test("no file of the package imports anything but the package itself", () => {
  const files = readdirSync(DIST).filter((name) => name.endsWith(".js"));
  assert.ok(files.length > 10);
  for (const name of files) {
    const isFile = name.endsWith(".node.js");
    // What reads its module and its texts from files, and says where these are missing, is one file, to start quickly: only the
    // errors are another, which all entries share.
    const text = readFileSync(join(DIST, name), "utf8").replace(isFile ? /process\.(getBuiltinModule\("node:fs"\)\.readFileSync|emitWarning)\(/g : "\0", "");
    const others = isFile ? /^\.\/error\.js$/ : /^\.\//;
    for (const [, from] of text.matchAll(/(?:^(?:import|export)\b[^"\n]* from |^import |\bimport\()"([^"\n]+)"/gm)) assert.match(from, others, `${name}: ${from}`);
    assert.doesNotMatch(text, /\b(require|process|Buffer|Math\.random|crypto)\b/, name);
    assert.doesNotMatch(text, /^(export |const \w+ = )?await /m, `${name} awaits at its top level`);
  }
});

const ECHO = `
  const at = { region: "ap-guangzhou" };
  const call = () => build("tencent", "DescribeImages", {}, at).operation;
`;

/** Runs a script that uses the package in a process of its own. */
function run(script) {
  return execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: import.meta.dirname, encoding: "utf8" }).trim();
}

test("the default entry loads its module when it is first used", () => {
  assert.equal(run(`import { build } from "imgferry"; ${ECHO} console.log(call());`), "DescribeImages");
  assert.equal(run(`import { init, build } from "imgferry"; ${ECHO} await Promise.all([init(), init()]); await init(); console.log(call());`), "DescribeImages");
});

test("a module that is loaded is not unpacked again", async () => {
  let unpacked = 0;
  const bridge = new Bridge({ initSync: () => {} }, "imgferry", () => (unpacked++, new WebAssembly.Module(readFileSync(join(DIST, "sign.wasm")))));
  for (let count = 0; count < 3; count++) await bridge.init();
  bridge.initSync();
  assert.equal(unpacked, 1);
});

test("the slim entry says that it was used before it was initialised", () => {
  const script = `import { build } from "imgferry/slim"; ${ECHO} try { call(); } catch (error) { console.log(error.name, error.kind, error.code, error.message); }`;
  assert.equal(run(script), "ImgferryError misuse module.uninitialised imgferry/slim was used before it was initialised");
});

test("the slim entry takes bytes, a compiled module, a promise or a response", () => {
  const file = `readFileSync(fileURLToPath(import.meta.resolve("imgferry/imgferry.wasm")))`;
  const imports = `import { readFileSync } from "node:fs"; import { fileURLToPath } from "node:url"; import { build, init, initSync } from "imgferry/slim";`;
  for (const load of [
    `initSync(${file});`,
    `initSync(new WebAssembly.Module(${file}));`,
    `await init(${file});`,
    `await init(Promise.resolve(new WebAssembly.Module(${file})));`,
    `await init(new Response(${file}, { headers: { "content-type": "application/wasm" } }));`,
    `await init("data:application/wasm;base64," + ${file}.toString("base64"));`,
  ]) {
    assert.equal(run(`${imports} ${load} ${ECHO} console.log(call());`), "DescribeImages", load);
  }
  const damaged = `${imports} try { await init(new Uint8Array(9)); } catch (error) { console.log(error.name, error.code); } initSync(${file}); ${ECHO} console.log(call());`;
  assert.equal(run(damaged), "ImgferryError module.load\nDescribeImages");
});

test("a module of another entry or version, or one that does not arrive, is refused with its cause, and the right one is taken afterwards", () => {
  const script = `
    import { readFileSync } from "node:fs";
    import { build, init, initSync } from "imgferry/slim";
    const file = (name) => readFileSync(${JSON.stringify(DIST)} + "/" + name);
    const newer = Buffer.from(file("imgferry.wasm").toString("latin1").replace("imgferry 0.1.0", "imgferry 9.1.0"), "latin1");
    const wrong = [file("sign.wasm"), file("tencent.wasm"), file("sim.wasm"), file("calls.wasm"), newer, Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0), () => Promise.reject(new Error("no network")), () => Promise.reject("no network")];
    for (const source of wrong) {
      const isLate = typeof source === "function";
      try { await init(isLate ? source() : source); console.log("taken"); } catch ({ name, code, cause, hint }) { console.log(name, code, cause !== undefined, /of this version/.test(hint)); }
      if (isLate) continue;
      try { initSync(source); console.log("taken"); } catch ({ message }) { console.log(/could not be loaded: (it is not imgferry 0.1.0|WebAssembly)/.test(message)); }
    }
    initSync(file("imgferry.wasm"));
    ${ECHO} console.log(call());`;
  const refused = "ImgferryError module.load true true";
  assert.deepEqual(run(script).split("\n"), [...Array(6).fill([refused, "true"]).flat(), refused, refused, "DescribeImages"]);
});
