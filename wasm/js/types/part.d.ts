/**
 * One of several things that are made together. Bundlers leave out what nobody imports only where each export is a call of its own, marked
 * as one that does nothing else: of a page that imports a `Signer` alone, that is a tenth of the code around the module.
 */
export declare const part: <T, K extends keyof T>(all: T, name: K) => T[K];
