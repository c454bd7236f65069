// What the code says in Chinese, which no module holds: the literals of `zh!("…")` and `Zh::of("…")` in the sources of the core.
import { readFileSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";

const SAID = /\b(?:zh!|Zh::of)\(\s*("(?:[^"\\]|\\.)*")/g;

/** The texts in the sources of the core, each once: of those in folders by the folder's name, of the others as `api`. */
export function wordsOf(root) {
  const words = {};
  for (const path of readdirSync(join(root, "core/src"), { recursive: true }).filter((name) => name.endsWith(".rs")).sort()) {
    const folder = path.includes(sep) ? path.slice(0, path.indexOf(sep)) : "api";
    const literals = readFileSync(join(root, "core/src", path), "utf8").matchAll(SAID);
    words[folder] = new Set([...(words[folder] ?? []), ...[...literals].map(([, literal]) => JSON.parse(literal))]);
  }
  return words;
}

/** The number by which the module asks for a text: as `number` in `core/src/base/texts.rs`. */
export function numberOf(text) {
  return Buffer.from(text).reduce((number, byte) => Math.imul(number ^ byte, 0x0100_0193), 0x811c_9dc5) & 0xffff;
}

/** Fails where two texts are asked for by one number, or one holds what stands between them. */
export function assertApart(texts) {
  const known = new Map();
  for (const text of texts) {
    const number = numberOf(text.split("\n", 1)[0]);
    if ((known.get(number) ?? text) !== text) throw new Error(`say one of these in other words, they have one number: ${text} | ${known.get(number)}`);
    if (text.includes("^")) throw new Error(`no text may hold a ^: ${text}`);
    known.set(number, text);
  }
}
