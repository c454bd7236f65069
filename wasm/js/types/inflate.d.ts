/**
 * Undoes DEFLATE (RFC 1951): the module is embedded compressed, and nothing that every runtime has does this without waiting.
 * `size` is the length of the result, known when the package is built.
 */
export declare function inflate(from: Uint8Array, size: number): Uint8Array;
/** Bytes of base64 text. */
export declare function bytes(base64: string): Uint8Array;
