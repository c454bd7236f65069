/** The same as the entry beside it, for runtimes that import a `.wasm` file as a compiled module and forbid compiling. */
import module from "./sign.wasm";
import { small } from "./small.js";

import { __wbg_reset_state, initSync as load, sign as call } from "./sign-glue.js";

export { ImgferryError, type ErrorDetails } from "./error.js";
export type * from "./types.js";
export const { init, initSync, sign, prepare, finish } = /* @__PURE__ */ small({ __wbg_reset_state, initSync: load, sign: call }, "imgferry/sign", () => module);
