/**
 * imgferry carries custom VM images across regions on Tencent Cloud, Volcengine and Huawei Cloud.
 *
 * Its WebAssembly module is a file of its own. Node, Deno and Bun load it when it is first used; pages call `await init()` first.
 * `imgferry/inline` is the same with the module within itself.
 */
import { surface } from "./surface.js";

import * as glue from "./imgferry-glue.js";
import { texts as all } from "./imgferry-texts.js";
import { calls, module } from "./imgferry-module.js";

export * from "./names.js";
export const { init, initSync, texts, sign, prepare, finish, verify, diagnose, check, build, request, read, explain, regions, operations, parameters, rules, needs, listImages, eventsOf, Job, Signer } = /* @__PURE__ */ surface(
  glue,
  "imgferry",
  all,
  module,
  calls,
);
export type Job = import("./jobs.js").Job;
export type Signer<C extends import("./types.js").Cloud = import("./types.js").Cloud> = import("./signer.js").Signer<C>;
