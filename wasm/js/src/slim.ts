/**
 * imgferry without its WebAssembly module: `init` or `initSync` is given `imgferry/imgferry.wasm`, compiled, as bytes, or
 * as a URL, before anything else is called.
 */
import { surface } from "./surface.js";

import * as glue from "./imgferry-glue.js";
import { texts as all } from "./imgferry-texts.js";

export * from "./names.js";
export const { init, initSync, texts, sign, prepare, finish, verify, diagnose, check, build, request, read, explain, regions, operations, parameters, rules, needs, listImages, eventsOf, Job, Signer } = /* @__PURE__ */ surface(
  glue,
  "imgferry/slim",
  all,
);
export type Job = import("./jobs.js").Job;
export type Signer<C extends import("./types.js").Cloud = import("./types.js").Cloud> = import("./signer.js").Signer<C>;
