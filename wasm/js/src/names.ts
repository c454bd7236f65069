// What every entry offers besides what needs the module.
export { run, tick, type Keys, type RunOptions, type TickOptions } from "./drive.js";
export { ImgferryError, Refused, type ErrorDetails } from "./error.js";
export { history, type Stage } from "./history.js";
export { whyLost } from "./lost.js";
export type { JobConstructor } from "./jobs.js";
export type { ListOptions } from "./listing.js";
export type { Fetch } from "./once.js";
export type { SignerConstructor } from "./signer.js";
export type * as params from "./params/index.js";
export type * from "./types.js";
