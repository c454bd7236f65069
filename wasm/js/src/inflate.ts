/**
 * Undoes DEFLATE (RFC 1951): the module is embedded compressed, and nothing that every runtime has does this without waiting.
 * `size` is the length of the result, known when the package is built.
 */
export function inflate(from: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  let end = 0;
  let hold = 0;
  let held = 0;
  const need = (count: number): void => {
    for (; held < count; held += 8) hold |= (from[at++] ?? 0) << held;
  };
  const drop = (count: number): void => {
    hold >>>= count;
    held -= count;
  };
  const bits = (count: number): number => {
    need(count);
    const value = hold & ((1 << count) - 1);
    drop(count);
    return value;
  };
  const symbol = ({ table, most }: Code): number => {
    need(most);
    const entry = table[hold & ((1 << most) - 1)] as number;
    drop(entry & 15);
    return entry >> 4;
  };
  for (let last = 0; !last; ) {
    last = bits(1);
    const type = bits(2);
    if (type === 0) {
      at -= held >> 3;
      hold = held = 0;
      const length = (from[at] as number) | ((from[at + 1] as number) << 8);
      out.set(from.subarray(at + 4, at + 4 + length), end);
      at += 4 + length;
      end += length;
      continue;
    }
    const [literals, distances] = type === 1 ? fixed() : dynamic(bits, symbol);
    for (let value = symbol(literals); value !== 256; value = symbol(literals)) {
      if (value < 256) {
        out[end++] = value;
        continue;
      }
      const length = (LENGTHS[value - 257] as number) + bits(LENGTH_BITS[value - 257] as number);
      const far = symbol(distances);
      const start = end - (DISTANCES[far] as number) - bits(DISTANCE_BITS[far] as number);
      // Byte by byte: the copy may overlap what it writes.
      for (let index = 0; index < length; index++) out[end++] = out[start + index] as number;
    }
  }
  return out;
}

/** A Huffman code: by the next `most` bits, the symbol and, in the low four bits, how many of them it takes. */
interface Code {
  table: Uint16Array;
  most: number;
}

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
  return { table, most };
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

function dynamic(bits: (count: number) => number, symbol: (code: Code) => number): [Code, Code] {
  const [literals, distances, given] = [bits(5) + 257, bits(5) + 1, bits(4) + 4];
  const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
  const lengths = new Array<number>(19).fill(0);
  for (let index = 0; index < given; index++) lengths[order[index]!] = bits(3);
  const meta = code(lengths);
  const all: number[] = [];
  while (all.length < literals + distances) {
    const value = symbol(meta);
    if (value < 16) all.push(value);
    else if (value === 16) repeat(all, all[all.length - 1] ?? 0, 3 + bits(2));
    else repeat(all, 0, value === 17 ? 3 + bits(3) : 11 + bits(7));
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
