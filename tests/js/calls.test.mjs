// Where files are read at once, levels 1 and 2 have a module of their own: it is read alone, and gives way to one that is given.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { folder } from "./temporary.mjs";

const DIST = join(import.meta.dirname, "../../wasm/js/dist");

/** What a script tells that has the package of that folder, and `read()`: the modules that were read since it was asked last. */
function told(script, dist = DIST) {
  const program = `
    const files = process.getBuiltinModule("node:fs"), { readFileSync } = files, paths = [];
    files.readFileSync = (path, ...how) => paths.push(String(path)) && readFileSync(path, ...how);
    const read = () => paths.splice(0).filter((path) => path.endsWith(".wasm")).map((path) => path.split("/").at(-1));
    const given = () => readFileSync(${JSON.stringify(join(DIST, "imgferry.wasm"))});
    const { Job, Signer, check, init, initSync, read: answer, regions } = await import(${JSON.stringify(pathToFileURL(join(dist, "index.node.js")))});
    const key = { id: "AKEXAMPLE", secret: "EXAMPLE-SECRET" };
    const request = (signer) => signer.request("DescribeImages", {}, { region: "ap-guangzhou" }, 1_767_225_600_000);
    const plan = { copies: [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai"], name: "golden" }] };
    const mistakes = () => check(plan).filter(({ severity }) => severity === "error").length;
    const tell = (value) => console.log(JSON.stringify(value));
    ${script}`;
  return execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" }).trim().split("\n").map((line) => JSON.parse(line));
}

test("signing and reading load the module of levels 1 and 2 alone, a plan the whole one beside it, and both serve on", () => {
  const [first, second, third, answers] = told(`
    const signer = new Signer("tencent", key);
    const before = request(signer);
    answer("tencent", "DescribeImages", { status: 200, headers: {}, body: '{"Response":{"TotalCount":0,"ImageSet":[],"RequestId":"r"}}' });
    tell(read());
    const found = mistakes();
    tell(read());
    const after = [request(signer), request(new Signer("tencent", key))];
    tell(read());
    tell([before, ...after].map((each) => JSON.stringify(each)).every((each, _, [one]) => each === one) && found === 0);`);
  assert.deepEqual([first, second, third, answers], [["calls.wasm"], ["imgferry.wasm"], [], true]);
});

test("a module that is given serves alone, whatever lies beside the code", () => {
  const alone = folder();
  for (const name of ["index.node.js", "error.js"]) copyFileSync(join(DIST, name), join(alone, name));
  writeFileSync(join(alone, "package.json"), '{"type":"module"}');
  for (const load of ["initSync(given());", "await init(given());", "await init(Promise.resolve(given()));"]) {
    const [signed, checked] = told(`${load} tell(request(new Signer("tencent", key)).method); tell([mistakes(), regions("huawei").length > 0]);`, alone);
    assert.deepEqual([signed, checked], ["POST", [0, true]], load);
  }
});

test("where its file was left behind, the whole module serves", () => {
  const alone = folder();
  for (const name of ["index.node.js", "error.js", "imgferry.wasm"]) copyFileSync(join(DIST, name), join(alone, name));
  writeFileSync(join(alone, "package.json"), '{"type":"module"}');
  for (const load of ["", "initSync();", "await init();"]) {
    assert.deepEqual(told(`${load} tell(request(new Signer("tencent", key)).method); tell(mistakes());`, alone), ["POST", 0], load);
  }
});

test("a signer stays good when a module is given after it was made", () => {
  const [same, after] = told(`
    const signer = new Signer("tencent", key);
    const before = JSON.stringify(request(signer));
    initSync(given());
    tell(before === JSON.stringify(request(signer)) && before === JSON.stringify(request(new Signer("tencent", key))));
    signer.free();
    try { request(signer); } catch ({ code }) { tell(code); }`);
  assert.deepEqual([same, after], [true, "signer.freed"]);
});

test("init() without a module loads both", () => {
  assert.deepEqual(told("await init(); tell(read().sort()); await init(); initSync(); tell(read()); request(new Signer('tencent', key)); check(plan); tell(read());"), [["calls.wasm", "imgferry.wasm"], [], []]);
});
