// The shell: where the reader is, in what language and theme, and what drives the replications. Pages come when they are opened.
import { Component, render } from "preact";
import type { ComponentChildren, ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { demo } from "./demo.js";
import type { Demo, News } from "./demo.js";
import { edge } from "./edge.js";
import { Trouble, unloaded } from "./backend.js";
import type { Backend } from "./backend.js";
import { asked, read as where } from "./address.js";
import { read, write } from "./choices.js";
import type { Choices } from "./choices.js";
import { speak, t } from "./text.js";
import type { Word } from "./text.js";
import type { PageProps } from "./page.js";
import { Failed } from "./parts.js";
import "./style.css";

const PAGES: { word: Word; path: string; load: () => Promise<{ default: ComponentType<PageProps> }> }[] = [
  { word: "replications", path: "", load: () => import("./pages/replications.js") },
  { word: "new", path: "new", load: () => import("./pages/new.js") },
  { word: "images", path: "images", load: () => import("./pages/images.js") },
  { word: "explain", path: "explain", load: () => import("./pages/explain.js") },
  { word: "settings", path: "settings", load: () => import("./pages/settings.js") },
];
const ONE = { word: "replications" as Word, path: "job", load: () => import("./pages/replication.js") };

let simulated: Demo | null = null;

/** What a page cannot show is told in its place. */
class Shown extends Component<{ children: ComponentChildren }, { trouble: Trouble | null }> {
  override state = { trouble: null };
  static override getDerivedStateFromError(error: unknown) {
    const said = error instanceof Error ? error.message : String(error);
    return { trouble: new Trouble({ message: `This page met something that it cannot show: ${said}`, messageZh: `此页遇到无法显示的内容（${said}）`, hint: "Reload it. If it says so again, the worker may be of another version than this console.", hintZh: "请重新加载；若仍如此，worker 与此控制台的版本可能不同。" }) };
  }
  override render({ children }: { children: ComponentChildren }, { trouble }: { trouble: Trouble | null }) {
    return trouble ? <Failed of={trouble} /> : children;
  }
}

function Console() {
  const [choices, setChoices] = useState(read);
  const [hash, setHash] = useState(location.hash);
  const [Page, setPage] = useState<{ at: string; of: ComponentType<PageProps> | Trouble } | null>(null);
  const [backend, setBackend] = useState<{ of: Backend; demo: Demo | null } | null>(null);
  useEffect(() => {
    const moved = () => setHash(location.hash);
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  const [news, setNews] = useState<News | null>(null);
  const { mode, address, token, language, theme } = choices;
  useEffect(() => {
    if (mode === "demo") simulated ??= demo(setNews);
    setBackend(mode === "demo" ? { of: simulated!, demo: simulated } : { of: edge(address, token), demo: null });
  }, [mode, address, token]);
  // What drives, for whoever works in the browser's console.
  Object.assign(globalThis, { imgferryConsole: backend?.of });
  speak(language);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.documentElement.dataset["theme"] = theme;
  }, [language, theme]);
  const { path, query } = where(hash);
  const at = path.join("/");
  const last = useRef(at);
  const show = (address: string, isTyped = false) => {
    history[isTyped ? "replaceState" : "pushState"](null, "", address);
    setHash(location.hash);
  };
  const ask = (changed: Record<string, string | null>, isTyped = false) => show(asked(where(location.hash), changed), isTyped);
  const go = (path: string[]) => {
    last.current = path.join("/");
    show(asked({ path, query }, {}));
  };
  const page = path[0] === ONE.path && path[1] ? ONE : (PAGES.find((page) => page.path === path[0]) ?? PAGES[0]!);
  // Who goes to another page begins at its top, with the keyboard too.
  useEffect(() => {
    if (last.current === at) return;
    last.current = at;
    scrollTo(0, 0);
    document.getElementById("main")?.focus({ preventScroll: true });
  }, [at]);
  useEffect(() => {
    void page.load().then(({ default: of }) => of, unloaded).then((of) => setPage({ at: page.path, of }));
    document.title = `${page === ONE ? path[1] : t(page.word)} · imgferry`;
  }, [page, language, at]);
  const choose = (changed: Partial<Choices>) => (write(changed), setChoices({ ...choices, ...changed }));
  const key = `${mode} ${page.path === "images" || path.slice(1).join("/")}`;
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), document.getElementById("main")?.focus())}>{t("skip")}</a>
      <header>
        <a class="brand" href="#/">imgferry</a>
        <span class={`mode ${mode}`}>{t(mode)}</span>
        <nav aria-label="imgferry">
          {PAGES.map(({ word, path: to }) => (
            <a href={`#/${to}`} aria-current={page.path === to || (to === "" && page === ONE) ? "page" : undefined}>{t(word === "new" ? "newShort" : word)}</a>
          ))}
        </nav>
      </header>
      <main id="main" tabIndex={-1}>
        {backend?.demo && news && <div class="flash urgent" role="alert"><p>{t(news)}</p>{news !== "unkept" && <button type="button" onClick={() => location.reload()}>{t("reload")}</button>}</div>}
        {!Page || !backend || Page.at !== page.path ? <p role="status">{t("loading")}</p> : Page.of instanceof Trouble ? <Failed of={Page.of} /> : (
          <Shown key={`${page.path} ${key}`}><Page.of key={key} backend={backend.of} demo={backend.demo} choices={choices} choose={choose} path={path} query={query} ask={ask} go={go} /></Shown>
        )}
      </main>
    </>
  );
}

render(<Console />, document.getElementById("app")!);
