export { ImgferryError, type ErrorDetails } from "./error.js";
export type { Delivery, Ledger, Scenario, Simulated, WorldConstructor } from "./world.js";
export declare const init: (source?: import("./types.js").Source | Promise<import("./types.js").Source>) => Promise<void>, initSync: (source?: object) => void;
/** The three clouds: what they hold, and everything that happened. */
export declare const World: import("./world.js").WorldConstructor;
export type World = import("./world.js").World;
