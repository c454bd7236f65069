/** Level 1 alone, in a small module of its own: sign any request of the three schemes. */
import { small } from "./small.js";

import { __wbg_reset_state, initSync as load, sign as call } from "./sign-glue.js";
import { module } from "./sign-module.js";

export { ImgferryError, type ErrorDetails } from "./error.js";
export type * from "./types.js";
export const { init, initSync, sign, prepare, finish } = /* @__PURE__ */ small({ __wbg_reset_state, initSync: load, sign: call }, "imgferry/sign", module);
