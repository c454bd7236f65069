// The module is embedded compressed: what undoes that must give back every byte.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import { bytes, inflate } from "../../wasm/js/dist/inflate.js";

const dist = join(import.meta.dirname, "../../wasm/js/dist");
const PLAIN = [Buffer.alloc(0), Buffer.from("a"), Buffer.from("abc".repeat(5000)), Buffer.alloc(100_000), randomBytes(200_000), readFileSync(join(dist, "sign.wasm")), readFileSync(join(dist, "imgferry.wasm"))];

test("what was deflated comes back, with stored, fixed and dynamic blocks", () => {
  const { Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE } = constants;
  for (const plain of PLAIN) {
    for (const options of [{ level: 0 }, { level: 1 }, { level: 9, memLevel: 9 }, { strategy: Z_FIXED }, { strategy: Z_HUFFMAN_ONLY }, { strategy: Z_RLE }, { strategy: Z_DEFAULT_STRATEGY, memLevel: 1 }]) {
      const back = inflate(deflateRawSync(plain, options), plain.length);
      assert.ok(Buffer.from(back).equals(plain), `${plain.length} bytes, ${JSON.stringify(options)}`);
    }
  }
});

for (const name of ["imgferry", "sign", "sim"]) {
  test(`the module ${name} within its code is the file beside it`, async () => {
    const { module } = await import(join(dist, `${name}-module.inline.js`));
    assert.ok(Buffer.from(module()).equals(readFileSync(join(dist, `${name}.wasm`))));
  });
}
