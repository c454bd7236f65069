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

/** Fails where two texts have one number, by which the module asks for them: as `number` in `core/src/base/texts.rs`. */
export function assertApart(words) {
  const texts = new Map();
  for (const word of words) {
    const number = Buffer.from(word).reduce((number, byte) => Math.imul(number ^ byte, 0x0100_0193), 0x811c_9dc5) & 0xffff;
    if ((texts.get(number) ?? word) !== word) throw new Error(`say one of these in other words, they have one number: ${word} | ${texts.get(number)}`);
    texts.set(number, word);
  }
}
