/**
 * Undoes DEFLATE (RFC 1951): the module is embedded compressed, and nothing that every runtime has does this without waiting.
 * `size` is the length of the result, known when the package is built.
 */
export function inflate(from: Uint8Array, size: number): Uint8Array {
  const stream: Stream = { from, at: 0, hold: 0, held: 0, out: new Uint8Array(size), end: 0 };
  for (let last = 0; !last; ) {
    last = bits(stream, 1);
    const type = bits(stream, 2);
    if (type === 0) {
      stored(stream);
    } else {
      const [literals, distances] = type === 1 ? fixed() : dynamic(stream);
      compressed(stream, literals, distances);
    }
  }
  return stream.out;
}

/** Where reading and writing stand. */
interface Stream {
  from: Uint8Array;
  at: number;
  /** The next bits, the first of them lowest, and how many there are. */
  hold: number;
  held: number;
  out: Uint8Array;
  end: number;
}

function bits(stream: Stream, count: number): number {
  for (; stream.held < count; stream.held += 8) stream.hold |= (stream.from[stream.at++] ?? 0) << stream.held;
  const value = stream.hold & ((1 << count) - 1);
  stream.hold >>>= count;
  stream.held -= count;
  return value;
}

function symbol(stream: Stream, code: Code): number {
  for (; stream.held < 15; stream.held += 8) stream.hold |= (stream.from[stream.at++] ?? 0) << stream.held;
  const entry = code[stream.hold & (code.length - 1)] as number;
  stream.hold >>>= entry & 15;
  stream.held -= entry & 15;
  return entry >> 4;
}

function stored(stream: Stream): void {
  const { from, out } = stream;
  const at = stream.at - (stream.held >> 3);
  const length = (from[at] as number) | ((from[at + 1] as number) << 8);
  out.set(from.subarray(at + 4, at + 4 + length), stream.end);
  stream.at = at + 4 + length;
  stream.hold = stream.held = 0;
  stream.end += length;
}

/** A compressed block. All of it in local variables: this loop is most of the time that the module takes to load. */
function compressed(stream: Stream, literals: Code, distances: Code): void {
  const { from, out } = stream;
  const [literalMask, distanceMask] = [literals.length - 1, distances.length - 1];
  let { at, hold, held, end } = stream;
  for (;;) {
    for (; held < 24; held += 8) hold |= (from[at++] as number) << held;
    let entry = literals[hold & literalMask] as number;
    hold >>>= entry & 15;
    held -= entry & 15;
    entry >>= 4;
    if (entry < 256) {
      out[end++] = entry;
      continue;
    }
    if (entry === 256) break;
    let count = LENGTH_BITS[entry - 257] as number;
    const length = (LENGTHS[entry - 257] as number) + (hold & ((1 << count) - 1));
    hold >>>= count;
    held -= count;
    for (; held < 24; held += 8) hold |= (from[at++] as number) << held;
    entry = distances[hold & distanceMask] as number;
    hold >>>= entry & 15;
    held -= entry & 15;
    entry >>= 4;
    for (; held < 16; held += 8) hold |= (from[at++] as number) << held;
    count = DISTANCE_BITS[entry] as number;
    let start = end - (DISTANCES[entry] as number) - (hold & ((1 << count) - 1));
    hold >>>= count;
    held -= count;
    // Byte by byte: the copy may overlap what it writes.
    for (const stop = end + length; end < stop; ) out[end++] = out[start++] as number;
  }
  Object.assign(stream, { at, hold, held, end });
}

/** A Huffman code: by the next bits, as many as its length has, the symbol and, in the low four bits, how many of them it takes. */
type Code = Uint16Array;

function code(lengths: number[]): Code {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length]!++;
  counts[0] = 0;
  const next = new Uint16Array(16);
  for (let length = 1; length < 15; length++) next[length + 1] = (next[length]! + counts[length]!) << 1;
  const most = Math.max(...lengths);
  const table = new Uint16Array(1 << most);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    for (let index = reversed(next[length]!++, length); index < table.length; index += 1 << length) table[index] = (symbol << 4) | length;
  });
  return table;
}

/** Codes are written with their first bit lowest. */
function reversed(code: number, length: number): number {
  let result = 0;
  for (let count = 0; count < length; count++) result |= ((code >> count) & 1) << (length - 1 - count);
  return result;
}

function fixed(): [Code, Code] {
  const literals = Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8));
  return [code(literals), code(new Array(30).fill(5))];
}

function dynamic(stream: Stream): [Code, Code] {
  const [literals, distances, given] = [bits(stream, 5) + 257, bits(stream, 5) + 1, bits(stream, 4) + 4];
  const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
  const lengths = new Array<number>(19).fill(0);
  for (let index = 0; index < given; index++) lengths[order[index]!] = bits(stream, 3);
  const meta = code(lengths);
  const all: number[] = [];
  while (all.length < literals + distances) {
    const value = symbol(stream, meta);
    if (value < 16) all.push(value);
    else if (value === 16) repeat(all, all[all.length - 1] ?? 0, 3 + bits(stream, 2));
    else repeat(all, 0, value === 17 ? 3 + bits(stream, 3) : 11 + bits(stream, 7));
  }
  return [code(all.slice(0, literals)), code(all.slice(literals))];
}

function repeat(all: number[], value: number, times: number): void {
  while (times-- > 0) all.push(value);
}

const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const DISTANCE_BITS = Array.from({ length: 30 }, (_, far) => (far < 4 ? 0 : (far >> 1) - 1));
const DISTANCES = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
];

/** Bytes of base64 text. */
export function bytes(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}
