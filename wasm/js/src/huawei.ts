/** Levels 1 and 2 for Huawei Cloud alone, in a module of its own. */
import { TextBridge } from "./bridge.js";
import { loading } from "./loading.js";
import { type Operating, operating } from "./operations.js";
import { part } from "./part.js";
import { type SignerConstructor, signers } from "./signer.js";
import { finishing, preparing, signing } from "./signing.js";
import { speaking, spoken } from "./texts.js";
import { errorOf } from "./thrown.js";

import * as glue from "./huawei-glue.js";
import { module } from "./huawei-module.js";
import { more, texts as own } from "./huawei-texts.js";

export { ImgferryError, type ErrorDetails } from "./error.js";
export type { SignerConstructor } from "./signer.js";
export type * from "./types.js";
export type * as params from "./params/huawei.js";

const bridge = /* @__PURE__ */ spoken(/* @__PURE__ */ new TextBridge(glue, "imgferry/huawei", module, errorOf), own);
const load = /* @__PURE__ */ loading(bridge);
const level2: Operating<"huawei"> = /* @__PURE__ */ operating(bridge);

export const init = /* @__PURE__ */ part(load, "init");
export const initSync = /* @__PURE__ */ part(load, "initSync");
export const sign = /* @__PURE__ */ signing(bridge);
export const prepare = /* @__PURE__ */ preparing(bridge);
export const finish = /* @__PURE__ */ finishing(bridge);
export const check = /* @__PURE__ */ part(level2, "check");
export const build = /* @__PURE__ */ part(level2, "build");
export const request = /* @__PURE__ */ part(level2, "request");
export const read = /* @__PURE__ */ part(level2, "read");
export const explain = /* @__PURE__ */ part(level2, "explain");
export const regions = /* @__PURE__ */ part(level2, "regions");
export const operations = /* @__PURE__ */ part(level2, "operations");
export const parameters = /* @__PURE__ */ part(level2, "parameters");
export const rules = /* @__PURE__ */ part(level2, "rules");
export const texts = /* @__PURE__ */ part(/* @__PURE__ */ speaking(bridge, own, more), "texts");
export const Signer: SignerConstructor<"huawei"> = /* @__PURE__ */ signers(bridge);
export type Signer = import("./signer.js").Signer<"huawei">;
