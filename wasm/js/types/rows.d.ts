/**
 * An array of `length` rows that are made when they are asked for, and that cannot be changed. Those that were made last
 * are kept; `Array.from` gives an array of all of them, which `structuredClone` and `postMessage` take as well.
 */
export declare function rows<T>(length: number, read: (start: number, stop: number) => T[]): T[];
