/** The same as the entry beside it, for runtimes that import a `.wasm` file as a compiled module and forbid compiling. */
import module from "./imgferry.wasm";
import { surface } from "./surface.js";

import * as glue from "./imgferry-glue.js";

export * from "./names.js";
export const { init, initSync, sign, prepare, finish, verify, diagnose, check, build, request, read, explain, regions, operations, Job, Signer } = /* @__PURE__ */ surface(
  glue,
  "imgferry",
  () => module,
);
export type Job = import("./jobs.js").Job;
export type Signer<C extends import("./types.js").Cloud = import("./types.js").Cloud> = import("./signer.js").Signer<C>;
