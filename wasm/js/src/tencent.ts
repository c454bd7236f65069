/** Levels 1 and 2 for Tencent Cloud alone, in a module of its own. */
import { oneCloud } from "./surface.js";

import * as glue from "./tencent-glue.js";
import { module } from "./tencent-module.js";
import { texts as own } from "./tencent-texts.js";

export { ImgferryError, type ErrorDetails } from "./error.js";
export type { SignerConstructor } from "./signer.js";
export type * from "./types.js";
export type * as params from "./params/tencent.js";
export const { init, initSync, texts, sign, prepare, finish, check, build, request, read, explain, regions, operations, parameters, rules, Signer } = /* @__PURE__ */ oneCloud<"tencent">(
  glue,
  "imgferry/tencent",
  own,
  module,
);
export type Signer = import("./signer.js").Signer<"tencent">;
