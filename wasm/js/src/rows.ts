/** Rows made at a time. */
const AT_A_TIME = 256;

/**
 * An array of `length` rows that are made when they are asked for, and that cannot be changed. Those that were made last
 * are kept; `Array.from` gives an array of all of them, which `structuredClone` and `postMessage` take as well.
 */
export function rows<T>(length: number, read: (start: number, stop: number) => T[]): T[] {
  let first = 0;
  let made: T[] = [];
  const row = (at: number): T => {
    if (at < first || at >= first + made.length) {
      first = at - (at % AT_A_TIME);
      made = read(first, Math.min(first + AT_A_TIME, length));
    }
    return made[at - first]!;
  };
  const place = (key: string | symbol): number | undefined => {
    const at = typeof key === "string" ? Number(key) : Number.NaN;
    return Number.isInteger(at) && at >= 0 && at < length && String(at) === key ? at : undefined;
  };
  const refuse = (): boolean => false;
  return new Proxy<T[]>(new Array(length), {
    get(target, key, receiver) {
      const at = place(key);
      return at === undefined ? Reflect.get(target, key, receiver) : row(at);
    },
    has: (target, key) => place(key) !== undefined || Reflect.has(target, key),
    ownKeys: () => [...Array(length).keys()].map<string>(String).concat("length"),
    getOwnPropertyDescriptor(target, key) {
      const at = place(key);
      return at === undefined ? Reflect.getOwnPropertyDescriptor(target, key) : { value: row(at), writable: false, enumerable: true, configurable: true };
    },
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
    preventExtensions: refuse,
  });
}
