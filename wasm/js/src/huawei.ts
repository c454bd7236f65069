/** Levels 1 and 2 for Huawei Cloud alone, in a module of its own. */
import { oneCloud } from "./surface.js";

import * as glue from "./huawei-glue.js";
import { module } from "./huawei-module.js";
import { texts as own } from "./huawei-texts.js";

export { ImgferryError, type ErrorDetails } from "./error.js";
export type { SignerConstructor } from "./signer.js";
export type * from "./types.js";
export type * as params from "./params/huawei.js";
export const { init, initSync, texts, sign, prepare, finish, check, build, request, read, explain, regions, operations, parameters, rules, Signer } = /* @__PURE__ */ oneCloud<"huawei">(
  glue,
  "imgferry/huawei",
  own,
  module,
);
export type Signer = import("./signer.js").Signer<"huawei">;
