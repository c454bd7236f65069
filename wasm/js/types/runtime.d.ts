/** Whether it is a compiled module: also one of another realm, as Next hands it to its edge routes. */
export declare const isModule: (given: unknown) => boolean;
type Encoder = Pick<globalThis.TextEncoder, "encode" | "encodeInto">;
type Decoder = Pick<globalThis.TextDecoder, "decode">;
export declare const TextEncoder: new () => Encoder;
export declare const TextDecoder: new (label?: string, options?: TextDecoderOptions) => Decoder;
export {};
