/** Level 1 alone, in a small module of its own: sign any request of the three schemes. */
import { Bridge } from "./bridge.js";
import { loading } from "./loading.js";
import { part } from "./part.js";
import { finishing, preparing, signing } from "./signing.js";

import { __wbg_reset_state, initSync as start, sign as call } from "./sign-glue.js";
import { module } from "./sign-module.js";

export { ImgferryError, type ErrorDetails } from "./error.js";
export type * from "./types.js";

const bridge = /* @__PURE__ */ new Bridge({ __wbg_reset_state, initSync: start, sign: call }, "imgferry/sign", module);
const load = /* @__PURE__ */ loading(bridge);

export const init = /* @__PURE__ */ part(load, "init");
export const initSync = /* @__PURE__ */ part(load, "initSync");
export const sign = /* @__PURE__ */ signing(bridge);
export const prepare = /* @__PURE__ */ preparing(bridge);
export const finish = /* @__PURE__ */ finishing(bridge);
