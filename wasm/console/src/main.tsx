// The shell: where the reader is, in what language and theme, and what drives the replications. Pages come when they are opened.
import { render } from "preact";
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { demo } from "./demo.js";
import type { Demo } from "./demo.js";
import { edge } from "./edge.js";
import type { Backend } from "./backend.js";
import { asked, read as where } from "./address.js";
import { read, write } from "./choices.js";
import type { Choices } from "./choices.js";
import { speak, t } from "./text.js";
import type { Word } from "./text.js";
import type { PageProps } from "./page.js";
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

function Console() {
  const [choices, setChoices] = useState(read);
  const [hash, setHash] = useState(location.hash);
  const [Page, setPage] = useState<{ at: string; of: ComponentType<PageProps> } | null>(null);
  const [backend, setBackend] = useState<{ of: Backend; demo: Demo | null } | null>(null);
  useEffect(() => {
    const moved = () => setHash(location.hash);
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  const [taken, setTaken] = useState<"newer" | "elsewhere" | null>(null);
  const { mode, address, token, language, theme } = choices;
  useEffect(() => {
    if (mode === "demo") simulated ??= demo(setTaken);
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
  const page = path[0] === ONE.path ? ONE : (PAGES.find((page) => page.path === path[0]) ?? PAGES[0]!);
  // Who goes to another page begins at its top, with the keyboard too.
  useEffect(() => {
    if (last.current === at) return;
    last.current = at;
    scrollTo(0, 0);
    document.getElementById("main")?.focus({ preventScroll: true });
  }, [at]);
  useEffect(() => {
    void page.load().then(({ default: of }) => setPage({ at: page.path, of }));
    document.title = `${path[0] === ONE.path ? path[1] : t(page.word)} · imgferry`;
  }, [page, language, at]);
  const choose = (changed: Partial<Choices>) => setChoices(write({ ...choices, ...changed }));
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
        {taken && <div class="flash urgent" role="alert"><p>{t(taken)}</p><button type="button" onClick={() => location.reload()}>{t("reload")}</button></div>}
        {Page && backend && Page.at === page.path ? <Page.of key={`${mode} ${page.path === "images" || path.slice(1).join("/")}`} backend={backend.of} demo={backend.demo} choices={choices} choose={choose} path={path} query={query} ask={ask} go={go} /> : <p role="status">{t("loading")}</p>}
      </main>
    </>
  );
}

render(<Console />, document.getElementById("app")!);
