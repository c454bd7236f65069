// Texts of rules and error codes lie outside of the module: English comes with every entry, Chinese when it is asked for.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import * as whole from "imgferry";
import { TextBridge } from "../../wasm/js/dist/bridge.js";
import { speaking, spoken } from "../../wasm/js/dist/texts.js";
import { folder } from "./temporary.mjs";

const DIST = join(import.meta.dirname, "../../wasm/js/dist");
const AT = { tencent: { region: "ap-guangzhou" }, volcengine: { region: "cn-beijing" }, huawei: { region: "cn-north-4", projectId: "0123456789abcdef0123456789abcdef" } };
const WRONG = {
  tencent: ["SyncImages", { ImageIds: ["img-o3ycss2p", "img-o3ycss2q"], DestinationRegions: [], Oops: 1 }, "InvalidImageId.InShared"],
  volcengine: ["CopyImage", { ImageId: "image-1", DestinationRegion: "cn-beijing", ImageName: "" }, "InvalidImage.NotFound"],
  huawei: ["CopyImageCrossRegion", { image_id: "x", name: "", region: "cn-north-4" }, "IMG.0001"],
};
const CHINESE = /[\u4e00-\u9fff]/;
const KEY = { id: "AKIDEXAMPLE", secret: "EXAMPLE-SECRET-TEXTS" };
const NOW = 1_767_225_600_000;

for (const [cloud, [operation, params, code]] of Object.entries(WRONG)) {
  test(`a page's ${cloud} entry speaks English at once, and Chinese when it is asked to, as the whole package does`, async () => {
    const page = await import(join(DIST, `${cloud}.js`));
    await page.init(readFileSync(join(DIST, `${cloud}.wasm`)));
    const [found, expected] = [page.check(cloud, operation, params, AT[cloud]), whole.check(cloud, operation, params, AT[cloud])];
    assert.ok(found.length > 1 && expected.every(({ messageZh }) => CHINESE.test(messageZh)));
    found.forEach(({ messageZh, ...problem }, index) => {
      const { messageZh: chinese, ...rest } = expected[index];
      assert.deepEqual(problem, rest);
      assert.ok(messageZh !== chinese && messageZh.startsWith(problem.rule), messageZh);
    });
    const unlike = page.explain(cloud, code);
    assert.ok(unlike.known && unlike.cause && unlike.causeZh === "", JSON.stringify(unlike));
    // One whose cause many have in common: what is not there yet is empty, and not another code's.
    if (cloud === "huawei") assert.equal(page.explain(cloud, "IMG.0008").causeZh, "");
    await Promise.all([page.texts("zh"), page.texts("zh"), page.texts("en")]);
    assert.deepEqual(page.check(cloud, operation, params, AT[cloud]), expected);
    assert.deepEqual(page.regions(cloud), whole.regions(cloud));
    for (const each of [code, "InternalError", "no.such.code", "IMG.0008"]) assert.deepEqual(page.explain(cloud, each), whole.explain(cloud, each));
  });

  test(`the ${cloud} entry builds, signs and reads as the whole package does, and knows no other cloud`, async () => {
    const own = await import(`imgferry/${cloud}`);
    const inline = await import(`imgferry/${cloud}/inline`);
    assert.deepEqual(own.operations(cloud), whole.operations(cloud));
    assert.deepEqual(own.regions(cloud), whole.regions(cloud));
    const good = {
      tencent: { ImageIds: ["img-o3ycss2p"], DestinationRegions: ["ap-shanghai"], ImageName: "金色" },
      volcengine: { ImageId: "image-4431h3l7hl31a0example", DestinationRegion: "cn-shanghai", ImageName: "golden" },
      huawei: { image_id: "465076de-dc36-4aec-80f5-ef9d8009428f", name: "golden", region: "cn-south-1", project_name: "cn-south-1", agency_name: "ims_copy_image" },
    }[cloud];
    const expected = whole.request(cloud, operation, good, AT[cloud], KEY, NOW);
    for (const each of [own, inline]) {
      assert.deepEqual(each.request(cloud, operation, good, AT[cloud], KEY, NOW), expected);
      const signer = new each.Signer(cloud, KEY);
      assert.deepEqual(signer.request(operation, good, AT[cloud], NOW), expected);
      signer.free();
      assert.ok(each.check(cloud, operation, params, AT[cloud]).every(({ messageZh }) => CHINESE.test(messageZh)));
    }
    const answer = { status: 403, body: '{"Response": {"Error": {"Code": "UnauthorizedOperation", "Message": "m"}, "RequestId": "r"}}' };
    const told = (entry) => { try { return entry.read(cloud, operation, answer); } catch ({ message, code, hint, hintZh }) { return { message, code, hint, hintZh }; } };
    assert.deepEqual(told(own), told(whole));
    // Codes of our own are those of jobs, which the whole package alone has.
    assert.deepEqual([own.explain(cloud, "launch.ambiguous").known, whole.explain(cloud, "launch.ambiguous").known], [false, true]);
    assert.ok(whole.explain(cloud, "transport.blocked", undefined, "certificate has expired").next.includes("renewed"));
    const other = cloud === "huawei" ? "tencent" : "huawei";
    assert.throws(() => own.regions(other), ({ code, hint }) => code === "cloud" && hint.includes(cloud));
  });
}

test("texts outlive a module that is made anew, are fetched once, and again after a failure", async () => {
  const told = [];
  const glue = { initSync: () => {}, __wbg_reset_state: () => told.push("anew"), loadTexts: (isZh, text) => told.push(`${isZh ? "zh" : "en"} ${text}`) };
  let tries = 0;
  const zh = async () => {
    if (tries++ === 0) throw new TypeError("fetch failed");
    return ["z"];
  };
  const own = { en: ["e"] };
  const bridge = spoken(new TextBridge(glue, "imgferry", () => new Uint8Array()), own);
  const { texts } = speaking(bridge, own, { zh });
  assert.deepEqual(told, []);
  bridge.initSync();
  await assert.rejects(texts("zh"), TypeError);
  await texts("zh");
  await texts("zh");
  // A signature tells of none of them, unless it is refused: then it is asked for once more.
  assert.equal(bridge.call(() => "signed", true), "signed");
  assert.deepEqual([tries, told], [2, []]);
  let calls = 0;
  assert.throws(() => bridge.call(() => { throw new TypeError(`refused ${++calls}, told ${told}`); }, true), /refused 2, told en e,zh z/);
  bridge.call(() => {});
  assert.deepEqual(told, ["en e", "zh z"]);
  assert.throws(() => bridge.call(() => { throw new RangeError("out of memory"); }), { code: "module.trap" });
  bridge.call(() => {});
  assert.deepEqual(told.slice(2), ["anew", "en e", "zh z"]);
  await assert.rejects(texts("fr"), { code: "language" });
});

/** What the whole package in that folder tells of a signature and of a fault, and the files that it read for each. */
function inNode(dist) {
  const [operation, params] = WRONG.tencent;
  const right = { ImageIds: ["img-o3ycss2p"], DestinationRegions: ["ap-shanghai"], ImageName: "golden" };
  const program = `
    const files = process.getBuiltinModule("node:fs"), { readFileSync } = files, read = [];
    files.readFileSync = (path, ...how) => read.push(String(path).split("/").slice(-2).join("/")) && readFileSync(path, ...how);
    const { Signer, check } = await import(${JSON.stringify(pathToFileURL(join(dist, "index.node.js")))});
    const at = ${JSON.stringify(AT.tencent)};
    const { method } = new Signer("tencent", ${JSON.stringify(KEY)}).request("${operation}", ${JSON.stringify(right)}, at, ${NOW});
    const signing = read.splice(0);
    console.log(JSON.stringify({ method, signing, problems: check("tencent", "${operation}", ${JSON.stringify(params)}, at), telling: read }));`;
  return JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" }));
}

test("Node reads no text before something tells of one; where they were left behind, their ids are told", () => {
  const { method, signing, problems, telling } = inNode(DIST);
  assert.equal(method, "POST");
  assert.deepEqual(signing.map((path) => path.split("/").at(-1)), ["calls.wasm"]);
  assert.deepEqual(telling.sort(), ["en/huawei.js", "en/plan.js", "en/tencent.js", "en/volcengine.js", "zh/api.js", "zh/huawei.js", "zh/plan.js", "zh/sign.js", "zh/tencent.js", "zh/volcengine.js"]);
  assert.deepEqual(problems, whole.check("tencent", ...WRONG.tencent.slice(0, 2), AT.tencent));

  const alone = folder();
  for (const name of ["index.node.js", "error.js", "calls.wasm"]) copyFileSync(join(DIST, name), join(alone, name));
  writeFileSync(join(alone, "package.json"), '{"type":"module"}');
  const bare = inNode(alone);
  assert.equal(bare.method, "POST");
  assert.deepEqual(bare.problems.map(({ rule, path }) => [rule, path]), problems.map(({ rule, path }) => [rule, path]));
  for (const { rule, message, messageZh } of bare.problems) assert.ok(message.startsWith(rule) && messageZh.startsWith(rule), message);
});

test("a page's entry tells Chinese of a signature that is refused when it is asked to, the one for signatures alone at once", async () => {
  const page = await import(join(DIST, "volcengine.js"));
  const request = { method: "GET", url: "ftp://ecs.cn-beijing.volcengineapi.com/", timeMs: NOW, region: "cn-beijing", service: "ecs" };
  const told = (sign) => { try { sign(); } catch ({ message, code, hint, hintZh }) { return { message, code, hint, hintZh }; } };
  const expected = told(() => whole.sign("volcengine", request, KEY));
  assert.ok(expected.code === "sign.url" && CHINESE.test(expected.hintZh), JSON.stringify(expected));
  await page.init(readFileSync(join(DIST, "volcengine.wasm")));
  await page.texts("zh");
  const { sign } = await import("imgferry/sign");
  for (const each of [page.sign, sign]) assert.deepEqual(told(() => each("volcengine", request, KEY)), expected);
  const signer = new page.Signer("volcengine", KEY);
  assert.deepEqual(told(() => signer.sign(request)), expected);
  signer.free();
});

test("no module holds Chinese, but for what a cloud says, where it can be loaded", () => {
  for (const name of ["imgferry", "calls", "tencent", "volcengine", "huawei"]) {
    const code = readFileSync(join(DIST, `${name}.wasm`)).toString("utf8");
    const said = code.match(/[\u4e00-\u9fff]{2,}/g) ?? [];
    assert.deepEqual(said.filter((text) => text !== "签名过期"), [], name);
  }
});

test("no module holds a text of a rule or of a code", () => {
  for (const name of ["imgferry", "calls", "tencent", "volcengine", "huawei"]) {
    const code = readFileSync(join(DIST, `${name}.wasm`)).toString("latin1");
    assert.ok(!code.includes("a call copies one image") && !code.includes("the clock is more than 5 minutes off"), name);
  }
});
