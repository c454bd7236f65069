export { ImgferryError, type ErrorDetails } from "./error.js";
export type * from "./types.js";
export declare const init: (source?: import("./types.js").Source | Promise<import("./types.js").Source>) => Promise<void>;
export declare const initSync: (source?: object) => void;
export declare const sign: (cloud: import("./types.js").Cloud, request: import("./types.js").ToSign, credentials: import("./types.js").Credentials, options?: import("./types.js").SignOptions) => import("./types.js").Signed;
export declare const prepare: (cloud: import("./types.js").Cloud, request: import("./types.js").ToSign, identity: import("./types.js").Identity, options?: import("./types.js").SignOptions) => import("./types.js").Prepared;
export declare const finish: (prepared: import("./types.js").Prepared, credentials: import("./types.js").Credentials) => import("./types.js").Signed;
