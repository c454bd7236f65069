// What a user's bundle grows by, raw and compressed, beside the vendors' SDKs bundled for the same call.
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

/** What is bundled: the code that a user writes for one copy of an image. */
const BUNDLES = {
  "imgferry/sign": `import { sign } from "imgferry/sign"; export const copy = (request, key) => sign("tencent", request, key);`,
  imgferry: `import * as imgferry from "imgferry"; export default imgferry;`,
  "imgferry/slim, without its module": `import * as imgferry from "imgferry/slim"; export default imgferry;`,
  "tencentcloud-sdk-nodejs-cvm": `import { cvm } from "tencentcloud-sdk-nodejs-cvm"; export const copy = (options, params) => new cvm.v20170312.Client(options).SyncImages(params);`,
  "@volcengine/openapi": `import { Service } from "@volcengine/openapi"; export const copy = (options, params) => new Service(options).fetchOpenAPI(params);`,
  "@huaweicloud/huaweicloud-sdk-core": `import { HcClient, BasicCredentials } from "@huaweicloud/huaweicloud-sdk-core"; export { HcClient, BasicCredentials };`,
};

/** Raw, gzip and brotli bytes of every bundle and module, by name. */
export async function sizes() {
  const rows = new Map();
  for (const name of ["imgferry.wasm", "sign.wasm"]) rows.set(name, measured(readFileSync(join(import.meta.dirname, "../../wasm/js/dist", name))));
  for (const [name, contents] of Object.entries(BUNDLES)) rows.set(name, measured(await bundle(contents)));
  return rows;
}

async function bundle(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true, write: false, minify: true, format: "esm", platform: contents.includes("imgferry") ? "neutral" : "node", mainFields: ["module", "main"], logLevel: "error",
  });
  return outputFiles[0].contents;
}

function measured(code) {
  return { raw: code.length, gzip: gzipSync(code, { level: 9 }).length, brotli: brotliCompressSync(code).length };
}
