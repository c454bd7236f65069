// What not every runtime has as the others have it.

/** Whether it is a compiled module: also one of another realm, as Next hands it to its edge routes. */
export const isModule = (given: unknown): boolean => Object.prototype.toString.call(given) === "[object WebAssembly.Module]";

// The runtime's own coders of UTF-8; or, where it has none, as jsdom under Jest, stand-ins made of what every JavaScript has.

type Encoder = Pick<globalThis.TextEncoder, "encode" | "encodeInto">;
type Decoder = Pick<globalThis.TextDecoder, "decode">;

class PlainEncoder implements Encoder {
  encode(text = ""): Uint8Array<ArrayBuffer> {
    const bytes = encodeURIComponent(text).match(/%..|[^]/g) ?? [];
    return Uint8Array.from(bytes, (byte) => (byte[1] ? parseInt(byte.slice(1), 16) : byte.charCodeAt(0)));
  }

  encodeInto(text: string, into: Uint8Array): { read: number; written: number } {
    const bytes = this.encode(text);
    // All or nothing: what does not fit is encoded by itself.
    if (bytes.length > into.length) return { read: 0, written: 0 };
    into.set(bytes);
    return { read: text.length, written: bytes.length };
  }
}

class PlainDecoder implements Decoder {
  decode(bytes?: ArrayBufferView | ArrayBuffer): string {
    return decodeURIComponent(Array.from((bytes ?? []) as Uint8Array, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
  }
}

export const TextEncoder: new () => Encoder = globalThis.TextEncoder ?? PlainEncoder;
export const TextDecoder: new (label?: string, options?: TextDecoderOptions) => Decoder = globalThis.TextDecoder ?? PlainDecoder;
