// What not every runtime has as the others have it.

/** Whether it is a compiled module: also one of another realm, as Next hands it to its edge routes. */
export const isModule = (given: unknown): boolean => Object.prototype.toString.call(given) === "[object WebAssembly.Module]";

// The runtime's own coders of UTF-8; or, where it has none, as jsdom under Jest, stand-ins made of what every JavaScript has.

type Encoder = Pick<globalThis.TextEncoder, "encode" | "encodeInto">;
type Decoder = Pick<globalThis.TextDecoder, "decode">;

class PlainEncoder implements Encoder {
  encode(text = ""): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(unescape(encodeURIComponent(text)), (byte) => byte.charCodeAt(0));
  }

  encodeInto(text: string, into: Uint8Array): { read: number; written: number } {
    const bytes = this.encode(text).subarray(0, into.length);
    into.set(bytes);
    // As if it had not fitted: where it may not have, it is encoded again into three times the room.
    return { read: 0, written: bytes.length };
  }
}

class PlainDecoder implements Decoder {
  decode(bytes?: ArrayBufferView | ArrayBuffer): string {
    return decodeURIComponent(escape(Array.from((bytes ?? []) as Uint8Array, (byte) => String.fromCharCode(byte)).join("")));
  }
}

export const TextDecoder: new (label?: string, options?: TextDecoderOptions) => Decoder = globalThis.TextDecoder ?? PlainDecoder;

// Made once: they cost as much as what they do.
export const encoder: Encoder = /* @__PURE__ */ new (globalThis.TextEncoder ?? PlainEncoder)();
let decoder: Decoder;
let room = -1;

/** The text of bytes that the module gave. Safari's decoder fails once it has made two gigabytes of text: then it is another. */
export function decoded(bytes: Uint8Array): string {
  room -= bytes.length;
  if (room < 0) [decoder, room] = [new TextDecoder("utf-8", { ignoreBOM: true }), 2 ** 31 - 2 ** 20 - bytes.length];
  return decoder.decode(bytes);
}
