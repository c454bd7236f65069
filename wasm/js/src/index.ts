/**
 * imgferry carries custom VM images across regions on Tencent Cloud, Volcengine and Huawei Cloud.
 *
 * This entry holds its WebAssembly module within itself and loads it when it is first used.
 */
import { bytes, inflate } from "./inflate.js";
import { surface } from "./surface.js";

import * as embedded from "./imgferry-embedded.js";
import * as glue from "./imgferry-glue.js";

export * from "./names.js";
export const { init, initSync, sign, prepare, finish, verify, diagnose, check, build, request, read, explain, regions, operations, Job, Signer } = /* @__PURE__ */ surface(
  glue,
  "imgferry",
  () => inflate(bytes(embedded.module), embedded.size),
);
export type Job = import("./jobs.js").Job;
export type Signer<C extends import("./types.js").Cloud = import("./types.js").Cloud> = import("./signer.js").Signer<C>;
