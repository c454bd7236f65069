/** Levels 1 and 2 for Volcengine alone, in a module of its own. */
import { oneCloud } from "./surface.js";

import * as glue from "./volcengine-glue.js";
import { module } from "./volcengine-module.js";
import { texts as own } from "./volcengine-texts.js";

export { ImgferryError, type ErrorDetails } from "./error.js";
export type { SignerConstructor } from "./signer.js";
export type * from "./types.js";
export type * as params from "./params/volcengine.js";
export const { init, initSync, texts, sign, prepare, finish, check, build, request, read, explain, regions, operations, parameters, rules, Signer } = /* @__PURE__ */ oneCloud<"volcengine">(
  glue,
  "imgferry/volcengine",
  own,
  module,
);
export type Signer = import("./signer.js").Signer<"volcengine">;
