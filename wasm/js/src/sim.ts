/**
 * The three clouds in a box: a strict, seeded simulator without a server, for tests, demos and consoles. It is a module of its own,
 * and no part of the others.
 */
import { Bridge } from "./bridge.js";
import { loading } from "./loading.js";
import { errorOf } from "./thrown.js";
import { worlds } from "./world.js";

import * as glue from "./sim-glue.js";
import { module } from "./sim-module.js";

export { ImgferryError, type ErrorDetails } from "./error.js";
export type { Delivery, Ledger, Scenario, Simulated, WorldConstructor } from "./world.js";

const bridge = /* @__PURE__ */ new Bridge(glue, "imgferry/sim", module, errorOf);
export const { init, initSync } = /* @__PURE__ */ loading(bridge);
/** The three clouds: what they hold, and everything that happened. */
export const World = /* @__PURE__ */ worlds(bridge);
export type World = import("./world.js").World;
