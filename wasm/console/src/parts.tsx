// What pages are made of.
import type { Region } from "imgferry";
import { Component } from "preact";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { troubleOf } from "./backend.js";
import type { Trouble } from "./backend.js";
import { isZh, label, state, t } from "./text.js";
import type { Word } from "./text.js";

const GOOD = ["ready", "present", "done"];
const BAD = ["failed", "conflict", "stale"];
const URGENT = ["ambiguous", "person"];
export const toneOf = (word: string): string => (GOOD.includes(word) ? "good" : BAD.includes(word) ? "bad" : URGENT.includes(word) ? "urgent" : ["queued", "cancelled", "unfinished", "missing"].includes(word) ? "calm" : "busy");
const SIGNS: Record<string, string> = { good: "✓", bad: "✕", urgent: "!", calm: "○", busy: "◐" };

export const Status = ({ of }: { of: string }) => (
  <span class={`status ${toneOf(of)}`}><span aria-hidden="true">{SIGNS[toneOf(of)]}</span> {state(of)}</span>
);

/** Whether it is told in English only, but for its next step. */
const isForeign = ({ messageZh, hintZh }: Trouble): boolean => isZh() && !/\p{Script=Han}/u.test(messageZh) && hintZh !== "";

/** What went wrong, in the reader's language as far as it is told so. */
export const cause = (of: Trouble): string => (isForeign(of) ? of.hintZh : isZh() ? of.messageZh : of.message);

export function Failed({ of }: { of: Trouble | null }) {
  if (!of) return null;
  const { message, hint, hintZh, problems, page } = of;
  return (
    <div class="trouble" role="alert">
      <p><strong>{cause(of)}</strong></p>
      {/* What is only told in English stands below what is told in Chinese, as what it is. */}
      {isForeign(of) ? <p>{label("original")}<span lang="en">“{message}”</span></p> : hint && <p>{isZh() ? hintZh || hint : hint}</p>}
      {page && !location.hash.startsWith(`#/${page}`) && <p><a href={`#/${page}`}>{t(page)}</a></p>}
      {problems.length > 0 && <Problems of={problems.filter(({ severity }) => severity === "error")} />}
    </div>
  );
}

/** Findings; `where` says in words where one stands, nothing where it stands beside its field. */
export const Problems = ({ of, where = (path) => path }: { of: readonly { severity: string; path: string; message: string; messageZh: string }[]; where?: (path: string) => string }) => (
  <ul class="problems">
    {of.map(({ severity, path, message, messageZh }) => <li class={severity}><Severity of={severity} /> {where(path) && <code>{where(path)}</code>} {isZh() ? messageZh : message}</li>)}
  </ul>
);
const Severity = ({ of }: { of: string }) => <b>{isZh() ? { error: "错误", warning: "警告", note: "说明" }[of] : of}</b>;

export const ago = (ms: number): string => {
  const s = Math.max(0, Math.round(ms / 1000));
  const [hours, minutes, seconds] = isZh() ? ["时", "分", "秒"] : ["h", "min", "s"];
  return s < 60 ? `${s} ${seconds}` : s < 3600 ? `${Math.floor(s / 60)} ${minutes} ${s % 60} ${seconds}` : `${Math.floor(s / 3600)} ${hours} ${Math.floor((s % 3600) / 60)} ${minutes}`;
};
// One of each: to make a format takes longer than all that is done with it.
const FORMATS = { zh: new Intl.DateTimeFormat("zh-CN", { dateStyle: "medium", timeStyle: "long" }), en: new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "long" }) };
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
export const moment = (ms: number): string => FORMATS[isZh() ? "zh" : "en"].format(ms);
export const clock = (ms: number): string => CLOCK.format(ms);

/** Goes to an address, unless the reader has left the page meanwhile: nobody is fetched back. */
export function useGoing(): (hash: string) => void {
  const isHere = useRef(true);
  useEffect(() => () => void (isHere.current = false), []);
  return (hash) => void (isHere.current && (location.hash = hash));
}

/** The last answer of several: those of what is not asked any more come too late. */
export function useLatest<T>(): [latest: T | null, ask: (asked: Promise<T> | null) => void, isAsked: boolean, trouble: Trouble | null] {
  const [state, setState] = useState<{ latest: T | null; isAsked: boolean; trouble: Trouble | null }>({ latest: null, isAsked: false, trouble: null });
  const turn = useRef(0);
  useEffect(() => () => void turn.current++, []);
  const ask = (asked: Promise<T> | null) => {
    const mine = ++turn.current;
    const come = (latest: T | null, trouble: Trouble | null) => void (turn.current === mine && setState({ latest, isAsked: false, trouble }));
    setState({ latest: null, isAsked: asked !== null, trouble: null });
    asked?.then((latest) => come(latest, null), (error) => come(null, troubleOf(error)));
  };
  return [state.latest, ask, state.isAsked, state.trouble];
}

/** What outlives a reload and a look at another page, in this tab, until it is dropped; whether it is another than at first. */
export function useKept<T>(key: string, first: () => T): [kept: T, keep: (kept: T) => void, drop: () => void, isKept: boolean] {
  const [begun, setBegun] = useState(first);
  const [value, setValue] = useState<T | null>(() => attempt(() => JSON.parse(sessionStorage.getItem(key)!)));
  const keep = (value: T) => (setValue(value), void attempt(() => sessionStorage.setItem(key, JSON.stringify(value))));
  const drop = () => (setBegun(first), setValue(null), void attempt(() => sessionStorage.removeItem(key)));
  return [value ?? begun, keep, drop, value !== null];
}

/** Where a browser lets a page keep nothing, it is kept while the page is there. */
function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

/** Asks again and again; what fails is told, and asked again. */
export function useAsked<T>(ask: () => Promise<T>, everyMs: number, on: readonly unknown[]): { told: T | null; trouble: Trouble | null; again: () => void } {
  const [told, setTold] = useState<T | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let [over, timer] = [false, 0];
    const go = async () => {
      try {
        const answer = await ask();
        if (!over) (setTold(answer), setTrouble(null));
      } catch (error) {
        if (!over) setTrouble(troubleOf(error));
      }
      if (!over && everyMs > 0) timer = setTimeout(go, everyMs) as never;
    };
    void go();
    return () => ((over = true), clearTimeout(timer));
  }, [...on, turn]);
  return { told, trouble, again: () => setTurn(turn + 1) };
}

/** A part that is drawn anew only when something that it is given is another thing: it draws nothing else. */
export function still<P extends object>(draw: (props: P) => ComponentChildren) {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return Object.keys({ ...next, ...this.props }).some((name) => next[name as keyof P] !== (this.props as P)[name as keyof P]);
    }
    override render(props: P): ComponentChildren {
      return draw(props);
    }
  };
}

/** Whether the page is narrow, as in the style. */
export function useNarrow(): boolean {
  const [query] = useState(() => matchMedia("(max-width: 800px)"));
  const [narrow, setNarrow] = useState(query.matches);
  useEffect(() => {
    const changed = () => setNarrow(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  return narrow;
}

/** The height of a row where there are many, as in the style. */
const HEIGHT = 48;

/** Only rows that are seen are drawn, where there are many. */
export function Rows<T>({ of, head, row, label, first: begins = 0 }: { of: readonly T[]; head: ComponentChildren; row: (item: T, index: number) => ComponentChildren; label: string; first?: number }) {
  const box = useRef<HTMLDivElement>(null);
  // The first row that is drawn: half a dozen before the first one seen.
  const [top, setTop] = useState(0);
  const many = of.length > 200;
  // Among many, one that the address names is looked for.
  useEffect(() => void (many && begins > 6 && (box.current!.scrollTop = (begins - 6) * HEIGHT)), [many]);
  const seen = many ? Math.ceil(640 / HEIGHT) + 12 : of.length;
  const first = many ? Math.min(top, Math.max(0, of.length - seen)) : 0;
  const shown = of.slice(first, first + seen);
  // While it only scrolls, a row that stays is the same one: it is not made and compared anew.
  const last = useRef<{ of: readonly T[]; row: unknown; made: Map<number, ComponentChildren> }>({ of, row, made: new Map() });
  const before = last.current.of === of && last.current.row === row ? last.current.made : new Map<number, ComponentChildren>();
  const made = new Map(shown.map((item, at) => [first + at, before.get(first + at) ?? row(item, first + at)]));
  last.current = { of, row, made };
  return (
    <div class={`rows ${many ? "many" : ""}`} ref={box} tabIndex={0} role="region" aria-label={label} onScroll={many ? () => setTop(Math.max(0, Math.floor(box.current!.scrollTop / HEIGHT) - 6)) : undefined}>
      <table aria-rowcount={of.length + 1}>
        <thead>{head}</thead>
        <tbody>
          {first > 0 && <tr class="space" aria-hidden="true"><td style={{ height: `${first * HEIGHT}px` }} /></tr>}
          {[...made.values()]}
          {first + seen < of.length && <tr class="space" aria-hidden="true"><td style={{ height: `${(of.length - first - seen) * HEIGHT}px` }} /></tr>}
        </tbody>
      </table>
    </div>
  );
}

/** The head of a column that its rows can be sorted by: upwards, then downwards, then as they were. */
export function Sorting({ by, sort, isWide, choose }: { by: Word; sort: string | null; isWide: boolean; choose: (sort: string | null) => void }) {
  const [order, next] = sort === by ? (["ascending", `-${by}`] as const) : sort === `-${by}` ? (["descending", null] as const) : (["none", by] as const);
  return (
    <th scope="col" class={isWide ? "wide" : ""} aria-sort={order}><button type="button" class="sort" onClick={() => choose(next)}>{t(by)}<span aria-hidden="true">{{ ascending: "▲", descending: "▼", none: "" }[order]}</span></button></th>
  );
}

/** The same where the page is too narrow for all columns. */
export const SortBy = ({ of, sort, choose }: { of: Word[]; sort: string | null; choose: (sort: string | null) => void }) => (
  <label class="sorting">{t("sortBy")}<select value={sort ?? ""} onChange={({ currentTarget }) => choose(currentTarget.value || null)}>
    <option value="">{t("needFirst")}</option>
    {of.flatMap((by) => [[by, "ascending"], [`-${by}`, "descending"]].map(([value, order]) => <option key={value} value={value}>{t(by)} · {t(order as Word)}</option>))}
  </select></label>
);

/** In the order that the address names, those alike as they were; `-` in front of it turns it round. */
export function sorted<T>(of: T[], sort: string | null, columns: { [column: string]: (item: T) => string | number }): T[] {
  const column = sort?.replace(/^-/, "") ?? "";
  if (!Object.hasOwn(columns, column)) return of;
  const value = columns[column]!;
  const turn = sort!.startsWith("-") ? -1 : 1;
  const compare = (a: string | number, b: string | number) => (typeof a === "number" ? a - (b as number) : ORDER.compare(a, b as string));
  return of.map((item) => ({ item, value: value(item) })).sort((a, b) => turn * compare(a.value, b.value)).map(({ item }) => item);
}
const ORDER = new Intl.Collator(undefined, { numeric: true });

/** A button that asks before it acts: what will happen, and the command that does the same. */
export function Asking({ word, title, hint, keep, command, act }: { word: Word; title: string; hint: string; keep: string; command: string; act: () => void }) {
  const box = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" aria-haspopup="dialog" onClick={() => box.current!.showModal()}>{t(word)}</button>
      <dialog ref={box} aria-label={title}>
        <h2>{title}</h2>
        <p>{hint}</p>
        <Copyable title={t("same")} text={command} />
        <p class="actions"><button type="button" onClick={() => box.current!.close()}>{keep}</button><button type="button" class="primary" onClick={() => (box.current!.close(), act())}>{t(word)}</button></p>
      </dialog>
    </>
  );
}

/** A text that is copied by a click, or kept as a file of that name. */
export function Copyable({ title, text, file }: { title: string; text: string; file?: string }) {
  const [copied, setCopied] = useState<Word>("copyText");
  const box = useRef<HTMLPreElement>(null);
  const copy = () => void copiedAs(text).then(() => setCopied("copied"), () => (getSelection()?.selectAllChildren(box.current!), setCopied("copyByHand")));
  return (
    <figure class="copyable">
      <figcaption>{title} <button type="button" class="small" aria-label={`${label("copyText")}${title}`} onClick={copy}>{t(copied)}</button> {file && <button type="button" class="small" aria-label={`${label("download")}${title}`} onClick={() => kept(file, text)}>{t("download")}</button>}</figcaption>
      <pre ref={box} tabIndex={0} role="region" aria-label={title}>{text}</pre>
    </figure>
  );
}

/** Not every page may: over plain HTTP there is no clipboard, and a browser may refuse it. */
const copiedAs = async (text: string): Promise<void> => navigator.clipboard.writeText(text);

function kept(name: string, text: string): void {
  const href = URL.createObjectURL(new Blob([text]));
  Object.assign(document.createElement("a"), { href, download: name }).click();
  URL.revokeObjectURL(href);
}

/** Regions to choose from, and the one that is chosen though nobody lists it: clouds open new ones, and workers allow few. */
export const Places = ({ of, chosen }: { of: readonly Region[]; chosen: string }) => (
  <>
    {!of.some(({ id }) => id === chosen) && <option value={chosen}>{chosen}</option>}
    {of.map(({ id, name, nameZh }) => <option value={id}>{id} · {isZh() ? nameZh : name}</option>)}
  </>
);

export const Field = ({ label, hint, children }: { label: string; hint?: string | undefined; children: ComponentChildren }) => (
  <label class="field"><span>{label}</span>{children}{hint && <small>{hint}</small>}</label>
);
