/** Whether it is a compiled module: also one of another realm, as Next hands it to its edge routes. */
export declare const isModule: (given: unknown) => boolean;
type Encoder = Pick<globalThis.TextEncoder, "encode" | "encodeInto">;
type Decoder = Pick<globalThis.TextDecoder, "decode">;
export declare const TextDecoder: new (label?: string, options?: TextDecoderOptions) => Decoder;
export declare const encoder: Encoder;
/** The text of bytes that the module gave. Safari's decoder fails once it has made two gigabytes of text: then it is another. */
export declare function decoded(bytes: Uint8Array): string;
export {};
