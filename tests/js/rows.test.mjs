// A long listing is read row by row: an array that behaves as the whole reply's, whose rows are made when they are asked for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { read } from "imgferry";

const KEY = { id: "AKIDEXAMPLE", secret: "EXAMPLE-SECRET-NOT-REAL" };

function answer(count) {
  const image = (at) => ({ ImageId: `img-${at}`, ImageName: "，\"}],[{\\", ImageState: at % 2 ? "NORMAL" : "CREATING", ImageSize: 50, CreatedTime: "2026-01-02T03:04:05Z", Z: [1, { big: 1 }] });
  const text = JSON.stringify({ Response: { TotalCount: count, ImageSet: Array.from({ length: count }, (_, at) => image(at)), RequestId: "r-1" } });
  return { status: 200, headers: {}, body: text.replaceAll('"big":1', '"big":9007199254740993') };
}

test("a long listing says what it says as a whole", () => {
  const given = answer(2500);
  // With credentials an answer is read as a whole.
  const whole = read("tencent", "DescribeImages", given, KEY);
  for (const body of [given.body, new TextEncoder().encode(given.body)]) {
    const reply = read("tencent", "DescribeImages", { ...given, body });
    assert.equal(reply.requestId, "r-1");
    assert.deepEqual({ ...reply.facts, items: [...reply.facts.items] }, whole.facts);
    assert.deepEqual({ ...reply.data, ImageSet: Array.from(reply.data.ImageSet) }, whole.data);
    assert.equal(typeof reply.data.ImageSet[2499].Z[1].big, "bigint");
  }
});

test("its rows are an array that cannot be changed", () => {
  const { facts, data } = read("tencent", "DescribeImages", answer(2500));
  const { items } = facts;
  assert.ok(Array.isArray(items));
  assert.deepEqual([items.length, items.at(-1).id, items[1300].id, items[2500], items[-1], items["01"]], [2500, "img-2499", "img-1300", undefined, undefined, undefined]);
  assert.equal(items.filter((image) => image.state === "ready").length, 1250);
  assert.deepEqual(items.slice(1, 3).map((image) => image.id), ["img-1", "img-2"]);
  assert.equal(JSON.parse(JSON.stringify(items)).length, 2500);
  assert.equal(Object.keys(items).length, 2500);
  assert.ok(7 in data.ImageSet && !(2500 in data.ImageSet));
  for (const change of [() => (items[0] = null), () => items.push(1), () => (items.length = 0), () => delete items[0], () => Object.freeze(items)]) assert.throws(change, TypeError);
  assert.equal(Array.from(items).push(1), 2501);
});

test("short answers, errors and broken ones are read as before", () => {
  assert.equal(read("tencent", "DescribeImages", answer(900)).facts.items.push(1), 901);
  const refused = { status: 200, headers: {}, body: JSON.stringify({ Response: { Error: { Code: "AuthFailure.SignatureFailure", Message: "x".repeat(200_000) }, RequestId: "r-2" } }) };
  assert.throws(() => read("tencent", "DescribeImages", refused), { code: "AuthFailure.SignatureFailure", requestId: "r-2" });
  assert.throws(() => read("tencent", "DescribeImages", { ...answer(2500), body: answer(2500).body.slice(0, -9) }), { kind: "protocol" });
  assert.throws(() => read("tencent", "DescribeImages", { ...answer(2500), body: `${answer(2500).body}\ud800` }), { kind: "misuse" });
});
