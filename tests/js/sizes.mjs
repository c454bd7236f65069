// What a user's bundle grows by, raw and compressed, beside the vendors' SDKs bundled for the same call.
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

/** Modules, and what is bundled beside them: the code that a user writes for one copy of an image. */
const OURS = {
  "imgferry/sign": ["sign", `import { sign } from "imgferry/sign"; export const copy = (request, key) => sign("tencent", request, key);`],
  ...Object.fromEntries(["tencent", "volcengine", "huawei"].map((cloud) => [`imgferry/${cloud}`, [cloud, `import { Signer } from "imgferry/${cloud}"; export const copy = (key) => new Signer("${cloud}", key);`]])),
  "imgferry/explain": ["explain", `import { investigate } from "imgferry/explain"; export const copy = (text) => investigate(text);`],
  imgferry: ["imgferry", `import * as imgferry from "imgferry"; export default imgferry;`],
};

/** The vendors' clients. */
const BUNDLES = {
  "tencentcloud-sdk-nodejs-cvm": `import { cvm } from "tencentcloud-sdk-nodejs-cvm"; export const copy = (options, params) => new cvm.v20170312.Client(options).SyncImages(params);`,
  "@volcengine/openapi": `import { Service } from "@volcengine/openapi"; export const copy = (options, params) => new Service(options).fetchOpenAPI(params);`,
  "@huaweicloud/huaweicloud-sdk-core": `import { HcClient, BasicCredentials } from "@huaweicloud/huaweicloud-sdk-core"; export { HcClient, BasicCredentials };`,
};

/** Raw, gzip and brotli bytes of every bundle and module, by name. What a page fetches of ours is the module and the code around it, English texts included. */
export async function sizes() {
  const rows = new Map();
  for (const [name, [module, contents]] of Object.entries(OURS)) {
    const [wasm, code] = [measured(readFileSync(join(import.meta.dirname, `../../wasm/js/dist/${module}.wasm`))), measured(await bundle(contents))];
    rows.set(`${module}.wasm`, wasm).set(`${name}, without its module`, code);
    rows.set(name, Object.fromEntries(Object.keys(wasm).map((form) => [form, wasm[form] + code[form]])));
  }
  for (const [name, contents] of Object.entries(BUNDLES)) rows.set(name, measured(await bundle(contents)));
  return rows;
}

async function bundle(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true, write: false, minify: true, format: "esm", platform: contents.includes("imgferry") ? "neutral" : "node", mainFields: ["module", "main"], external: ["./text/zh/*"], logLevel: "error",
  });
  return outputFiles[0].contents;
}

function measured(code) {
  return { raw: code.length, gzip: gzipSync(code, { level: 9 }).length, brotli: brotliCompressSync(code).length };
}
