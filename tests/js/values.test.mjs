// JSON within the module is kept in values of its own: what goes through them comes out as it went in.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Job, read } from "imgferry";

const PLAN = { copies: [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai"] }] };

function data(vendor) {
  return read("tencent", "DescribeImages", { status: 200, headers: {}, body: `{"Response":{"ImageSet":[],"RequestId":"r-1","Odd":${vendor}}}` }).data.Odd;
}

test("numbers of an answer are those that JSON.parse reads", () => {
  for (const text of ["0", "-0", "-7", "1.50", "0.1", "1e3", "1E-3", "-2.5e+10", "5e-324", "1.7e308", "1e21", "9007199254740991", "123456789012345678901234", "0.30000000000000004"]) {
    assert.equal(data(`[${text}]`)[0] + 0, JSON.parse(text) + 0, text);
  }
  assert.deepEqual(data("[18446744073709551615, -9223372036854775808, 9007199254740993]"), [18446744073709551615n, -9223372036854775808n, 9007199254740993n]);
  assert.throws(() => data("1e400"), { kind: "protocol" });
});

test("fields may come in any order and more than once", () => {
  assert.deepEqual(data('{"b": 1, "a": {"z": [], "y": {}}, "b": 2, "": 3, "é": "\\u00e9", "B": null}'), { b: 2, a: { z: [], y: {} }, "": 3, é: "é", B: null });
});

test("a hundred thousand fields in hostile order are read at once", () => {
  const names = Array.from({ length: 100_000 }, (_, at) => String(Math.imul(at, 2654435761) >>> 0));
  const started = performance.now();
  assert.equal(Object.keys(data(JSON.stringify(Object.fromEntries(names.map((name) => [`x${name}`, 1]))))).length, new Set(names).size);
  console.log(`read in ${(performance.now() - started).toFixed(0)} ms`);
});

test("a plan's rates stand in its journal as they were given", () => {
  const rates = { "tencent.DescribeImages": 0.1 + 0.2, "tencent.SyncImages": 5 };
  const journal = new Job({ ...PLAN, policy: { rates } }, 1_767_225_600_000, 7).takeJournal();
  assert.match(journal, /"tencent.DescribeImages":0.30000000000000004,"tencent.SyncImages":5/);
  Job.restore(journal, 1_767_225_600_001);
});
