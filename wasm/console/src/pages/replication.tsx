import { regions } from "imgferry";
import type { Row } from "imgferry";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { troubleOf } from "../backend.js";
import type { Happened, Lane as Told, Trouble, View } from "../backend.js";
import { causeOf, quoted, useModule, whyOf } from "../core.js";
import type { PageProps } from "../page.js";
import { Asking, Copyable, Failed, Rows, Status, ago, moment, still, toneOf, useAsked, useGoing, useNarrow } from "../parts.js";
import { cloudName, cloudNames, isZh, label, state, t } from "../text.js";
import { Lane, Legend, Scale, steady } from "../timeline.js";
import { standing } from "./replications.js";

export default function Replication({ backend, demo, choices, path, query, ask }: PageProps) {
  const name = path[1] ?? "";
  const { told: view, trouble, again } = useAsked(() => backend.view(name), 1000, [backend, name]);
  const events = useEvents(backend, name);
  const { ready } = useModule();
  const places = useMemo(() => new Map(ready && view ? view.clouds.flatMap((cloud) => regions(cloud).map(({ id, name, nameZh }) => [`${cloud} ${id}`, isZh() ? nameZh : name] as const)) : []), [ready, view?.clouds.join(), isZh()]);
  const isNarrow = useNarrow();
  const chosen = query.get("lane");
  const only = query.get("state");
  const wanted = query.get("find") ?? "";
  const [failed, setFailed] = useState<Trouble | null>(null);
  const [said, setSaid] = useState("");
  const [journal, setJournal] = useState<{ text: string } | "coming" | null>(null);
  const goTo = useGoing();
  const below = useRef<HTMLDivElement>(null);
  // It stands below the rows, where whoever asked for it would not see it come.
  useEffect(() => void (journal && journal !== "coming" && below.current?.scrollIntoView({ block: "nearest" })), [journal]);
  const choose = useCallback((lane: string | null) => ask({ lane }), []);
  // Who closes the panel is where it was opened from.
  const close = (row: Row) => (choose(null), document.getElementById(idOf(row))?.focus());
  const act = (work: Promise<unknown>, done: string) => void work.then(() => (setFailed(null), setSaid(done), again()), (error) => (setSaid(""), setFailed(troubleOf(error))));
  const open = () => (setJournal("coming"), void backend.journal(name).then((text) => setJournal({ text }), (error) => (setJournal(null), setFailed(troubleOf(error)))));
  const trail = <nav class="trail" aria-label={t("replications")}><a href="#/">{t("replications")}</a> <span aria-hidden="true">/</span> <span>{name}</span></nav>;
  if (!view) return <>{trail}<div class="title"><h1>{name}</h1></div><Failed of={trouble} />{!trouble && <p role="status">{t("loading")}</p>}</>;
  const ended = view.state === "ended";
  const from = view.createdMs;
  const now = view.endedMs ?? Date.now();
  const latest = view.rows.reduce((latest, { readyMs }) => Math.max(latest, readyMs?.[1] ?? 0), 0);
  // What may be ready much later stands at the edge: it would press what happened so far into a corner.
  const to = view.endedMs ?? from + steady(Math.max(now - from, 10_000, Math.min(latest - from, 20_000 + 3 * (now - from))), Math.ceil);
  const rest = from + steady(now - from, Math.floor);
  const row = view.rows.find((row) => keyOf(row) === chosen) ?? null;
  // States that are called the same are one to the reader.
  const counts = new Map<string, { of: string; count: number }>();
  for (const [of, count] of Object.entries(view.counts)) counts.set(state(of), { of, count: count + (counts.get(state(of))?.count ?? 0) });
  const sought = wanted.trim().toLowerCase();
  const shown = view.rows.filter((row) => (only === null || state(row.state) === state(only)) && (sought === "" || `${row.to} ${row.name} ${row.image} ${row.imageId ?? ""} ${cloudName(row.cloud)} ${places.get(`${row.cloud} ${row.to}`) ?? ""}`.toLowerCase().includes(sought)));
  const doubtful = view.rows.filter((row) => row.state === "ambiguous");
  const broken = view.rows.filter(({ state }) => toneOf(state) === "bad");
  const send = commands(choices.address, view, row);
  return (
    <>
      {trail}
      <div class="title">
        <h1>{name}</h1>
        <Status of={standing(view)} />
        <span class="actions">
          {!ended && <Asking word="cancel" title={t("sureCancel")} hint={t("cancelHint")} keep={t("keep")} command={send.cancel} act={() => act(backend.cancel(name), t("cancelled2"))} />}
          {((ended && view.exitCode !== 0) || (demo && view.trouble)) && <button type="button" onClick={() => act(backend.resume(name), t("resumed"))}>{t("resume")}</button>}
          <button type="button" aria-expanded={journal !== null} onClick={() => (journal === null ? open() : journal !== "coming" && setJournal(null))}>{t("journal")}</button>
          {ended && <Asking word="delete" title={t("sureDelete")} hint={t("deleteHint")} keep={t("keepIt")} command={send.delete} act={() => act(backend.remove(name).then(() => goTo("#/")), "")} />}
        </span>
      </div>
      <Failed of={failed ?? trouble ?? (view.trouble ? troubleOf(view.trouble) : null)} />
      <div class={said ? "flash" : ""} role="status">{said}</div>
      {doubtful.length > 0 && <div class="flash urgent"><div><p><strong>{label("personCount")}{placesOf(doubtful)}</strong></p><p>{t("personHint")}</p></div><button type="button" onClick={() => choose(keyOf(doubtful[0]!))}>{t("show")}</button></div>}
      {doubtful.length === 0 && broken.length > 0 && <div class="flash bad"><div><p><strong>{label("failedCount")}{placesOf(broken)}</strong></p>{nextOf(broken[0]!) && <p>{label("next")}{nextOf(broken[0]!)}</p>}</div><button type="button" onClick={() => choose(keyOf(broken[0]!))}>{t("show")}</button></div>}
      <dl class="facts">
        <div><dt>{t("begun")}</dt><dd>{moment(from)}</dd></div>
        <div><dt>{t(ended ? "took" : "elapsed")}</dt><dd>{ago((view.endedMs ?? Date.now()) - from)}</dd></div>
        {!ended && latest > now && <div><dt>{t("remaining")}</dt><dd>≤ {ago(latest - now)}</dd></div>}
        <div><dt>{t("clouds")}</dt><dd>{cloudNames(view.clouds)}</dd></div>
        {!demo && <div><dt>{t("by")}</dt><dd>{view.by}</dd></div>}
        <div><dt>{t("destinations")}</dt><dd>{view.rows.length}</dd></div>
        <div><dt>{t("launches")}</dt><dd>{view.rows.reduce((sum, { launches }) => sum + launches, 0)}</dd></div>
        {view.ahead > 0 && <div><dt>{t("ahead")}</dt><dd>{view.ahead}</dd></div>}
      </dl>
      <div class="filters" role="group" aria-label={t("filter")}>
        <button type="button" aria-pressed={only === null} onClick={() => ask({ state: null })}>{t("all")} <b>{view.rows.length}</b></button>
        {[...counts].map(([word, { of, count }]) => <button type="button" aria-pressed={only !== null && state(only) === word} onClick={() => ask({ state: only !== null && state(only) === word ? null : of })}><Status of={of} /> <b>{count}</b></button>)}
        <input type="search" aria-label={t("findLane")} placeholder={t("findLane")} value={wanted} onInput={({ currentTarget }) => ask({ find: currentTarget.value }, true)} />
      </div>
      {shown.length === 0 && <div class="empty"><p>{t("noMatch")}</p><button type="button" onClick={() => ask({ state: null, find: null })}>{t("all")}</button></div>}
      <div class={`split ${row ? "open" : ""}`}>
        {shown.length > 0 && <div class="lanes"><Rows of={shown} label={t("timeline")} first={shown.findIndex((row) => keyOf(row) === chosen)}
          head={<tr><th scope="col">{t("lane")}</th><th scope="col">{t("state")}</th><th scope="col" class="wide axis"><span class="hidden">{t("timeline")}</span><Scale from={from} to={to} /></th></tr>}
          row={(row) => (
            <Destination key={keyOf(row)} row={row} events={events.get(keyOf(row)) ?? NOTHING} from={from} to={to} now={ended || toneOf(row.state) === "busy" ? now : rest} place={places.get(`${row.cloud} ${row.to}`)} cloud={view.clouds.length > 1 ? cloudName(row.cloud) : ""} isChosen={keyOf(row) === chosen} choose={choose} isNarrow={isNarrow} isZh={isZh()} />
          )} /><Legend /></div>}
        {row && <Panel key={keyOf(row)} row={row} view={view} events={events.get(keyOf(row)) ?? []} isNarrow={isNarrow} close={() => close(row)} resolve={(id) => act(backend.resolve(name, row, id), t("resolved2"))} />}
      </div>
      {journal === "coming" && <p role="status">{t("loading")}</p>}
      {journal && journal !== "coming" && <div ref={below}><Copyable title={t("journal")} text={journal.text} file={`${name}.journal`} /></div>}
      <details class="commands">
        <summary>{t("same")}</summary>
        <Copyable title={t("curl")} text={send.all} />
        <Copyable title={t("command")} text={`imgferry status ${name}.journal\nimgferry resume ${name}.journal`} />
      </details>
    </>
  );
}

/** Events after which a lane stands and waits. */
const HELD = ["retried", "throttled", "absent", "source_pending"];
const attempt = (launches: number): string => (isZh() ? `第 ${launches} 次` : `attempt ${launches}`);

const NOTHING: readonly Happened[] = [];

/** A destination, with its lane on the time axis. */
const Destination = still(({ row, events, from, to, now, place, cloud, isChosen, choose, isNarrow }: { row: Told; events: readonly Happened[]; from: number; to: number; now: number; place: string | undefined; cloud: string; isChosen: boolean; choose: (key: string | null) => void; isNarrow: boolean; isZh: boolean }) => {
  const lane = <Lane events={events} row={row} from={from} to={to} now={now} />;
  // What one would open the panel for: the code that it failed by, what holds it up, how often it was launched.
  const last = events.findLast(({ event }) => event !== "progress");
  const short = toneOf(row.state) === "bad" ? row.error?.code : last && HELD.includes(last.event) && !["good", "urgent"].includes(toneOf(row.state)) ? `${state(last.event)}${row.launches > 0 ? ` · ${attempt(row.launches)}` : ""}` : row.launches > 1 ? attempt(row.launches) : null;
  return (
    <tr class={isChosen ? "chosen" : ""}>
      <th scope="row"><button type="button" class="link" id={idOf(row)} aria-expanded={isChosen} onClick={() => choose(isChosen ? null : keyOf(row))}>{row.to}</button> <small>{place}</small><small class="under">{cloud && `${cloud} · `}{row.name || row.image}</small>{isNarrow && <span class="narrow">{lane}</span>}</th>
      <td><Status of={row.state} /> {row.percent !== null && toneOf(row.state) === "busy" && <span class="number">{row.percent} %</span>}{short && <small class="under">{short}</small>}</td>
      {!isNarrow && <td class="wide">{lane}</td>}
    </tr>
  );
});

/** What the buttons of this page do, as requests to the worker. */
function commands(address: string, { name, state, exitCode }: View, row: Row | null): { cancel: string; delete: string; all: string } {
  const at = `${address.replace(/\/$/, "")}/jobs/${encodeURIComponent(name)}`;
  const send = (method: string, path = "", body?: unknown) => `curl -X ${method} ${at}${path} -H "Authorization: Bearer $TOKEN"${body === undefined ? "" : ` -H "Content-Type: application/json" --data '${JSON.stringify(body)}'`}`;
  const doubtful = row && isDoubtful(row) ? [send("POST", "/resolve", { cloud: row.cloud, lane: row.lane, imageId: null })] : [];
  const next = state !== "ended" ? [send("POST", "/cancel")] : [...(exitCode === 0 ? [] : [send("POST", "/resume")]), send("DELETE")];
  return { cancel: send("POST", "/cancel"), delete: send("DELETE"), all: [send("GET"), send("GET", "/events"), send("GET", "/journal"), ...doubtful, ...next].join("\n") };
}

const isDoubtful = ({ state }: Row): boolean => ["ambiguous", "probing"].includes(state);

const keyOf = (row: Pick<Row, "cloud" | "lane">): string => `${row.cloud} ${row.lane}`;

const idOf = (row: Pick<Row, "cloud" | "lane">): string => `lane-${row.cloud}-${row.lane}`;

/** Each region once, and how many lanes there are where that is more. */
function placesOf(rows: readonly Row[]): string {
  const regions = [...new Set(rows.map(({ to }) => to))];
  return `${regions.slice(0, 5).join(", ")}${regions.length > 5 ? ", …" : ""}${rows.length > 1 ? ` (${rows.length})` : ""}`;
}

const nextOf = ({ error }: Row): string => (isZh() ? error?.hintZh : error?.hint) ?? "";

/** Why it ended so: what is known of the code, in the reader's language, and what the cloud said. */
function Why({ row: { cloud, error } }: { row: Row }) {
  if (!error) return null;
  const cause = causeOf(cloud, error.code);
  const isOwn = !cause || error.message.startsWith(cause);
  return (
    <div class="trouble">
      <p><strong>{label("cause")}</strong>{isOwn ? quoted(error.message) : cause} {error.code && <code>{error.code}</code>}</p>
      {!isOwn && <p>{isZh() && label("original")}<span lang="en">{quoted(error.message)}</span></p>}
      <p><strong>{label("next")}</strong>{isZh() ? error.hintZh : error.hint}</p>
    </div>
  );
}

function Panel({ row, view, events, isNarrow, close, resolve }: { row: Told; view: View; isNarrow: boolean; events: readonly Happened[]; close: () => void; resolve: (id: string | null) => void }) {
  const [full, setFull] = useState(false);
  const [id, setId] = useState("");
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: !isNarrow });
    // Where the panel stands below the rows, it is what whoever opened it wants to see.
    if (isNarrow) heading.current?.closest(".panel")?.scrollIntoView();
  }, []);
  const isOver = view.state === "ended" || toneOf(row.state) !== "busy" && row.state !== "queued";
  // What went wrong on the way of one that goes on is no alarm.
  const last = isOver ? null : (events.findLast(({ error }) => error)?.error ?? row.error);
  const groups = grouped(events);
  const shown = full ? events.map((event) => ({ event, times: 1 })) : groups;
  return (
    <aside class="panel" aria-labelledby="panel" onKeyDown={({ key }) => key === "Escape" && close()}>
      <div class="title"><h2 id="panel" ref={heading} tabIndex={-1}>{row.to} <small>{cloudName(row.cloud)}</small></h2><button type="button" onClick={close}>{t("close")}</button></div>
      {["bad", "urgent"].includes(toneOf(row.state)) && <Why row={row} />}
      {row.note && <p>{isZh() ? row.noteZh : row.note}</p>}
      {isDoubtful(row) && (
        <fieldset class="card">
          <legend>{t("resolve")}</legend>
          <p>{t("resolveHint")} <a href={`#/images/${row.cloud}/${row.to}`}>{t("lookThere")}</a></p>
          <dl><dt>{t("name")}</dt><dd><code>{row.name || "–"}</code></dd>{row.launchedMs && <><dt>{t("begun")}</dt><dd>{moment(row.launchedMs)}</dd></>}</dl>
          <label class="field"><span>{t("imageId")}</span><input value={id} onInput={({ currentTarget }) => setId(currentTarget.value)} /></label>
          <p class="actions"><button type="button" class="primary" disabled={id.trim() === ""} onClick={() => resolve(id.trim())}>{t("itIsThere")}</button><button type="button" onClick={() => resolve(null)}>{t("notThereAgain")}</button></p>
        </fieldset>
      )}
      <dl>
        <dt>{t("state")}</dt><dd><Status of={row.state} /> {row.sinceMs > 0 && <span class="number">{t("since").toLowerCase()} {moment(row.sinceMs)}</span>}</dd>
        {!isOver && row.nextMs !== null && row.nextMs > Date.now() && <><dt>{t("waitFor")}</dt><dd>{t("inTime")} {ago(row.nextMs - Date.now())}</dd></>}
        {last && <><dt>{t("lastAttempt")}</dt><dd>{whyOf(row.cloud, last)} {last.code && <code>{last.code}</code>}</dd></>}
        {row.readyMs && row.readyMs[1] > Date.now() && view.state !== "ended" && <><dt>{t("remaining")}</dt><dd>{ago(row.readyMs[0] - Date.now())} – {ago(row.readyMs[1] - Date.now())}</dd></>}
        <dt>{t("name")}</dt><dd>{row.name || "–"}</dd>
        <dt>{t("source")}</dt><dd>{row.from} · <code>{row.image}</code></dd>
        <dt>{t("imageId")}</dt><dd>{row.imageId ? <code>{row.imageId}</code> : "–"}</dd>
        <dt>{t("launches")}</dt><dd>{row.launches}</dd>
        {row.requestIds.length > 0 && <><dt>{t("requestIds")}</dt><dd><ul class="ids">{row.requestIds.map((id) => <li><code>{id}</code></li>)}</ul></dd></>}
      </dl>
      <h3>{t("events")} {groups.length < events.length && <button type="button" class="small" onClick={() => setFull(!full)}>{full ? t("compact") : t("fullHistory")}</button>}</h3>
      {events.length === 0 && <p class="number">{t("noEvents")}</p>}
      <ol class="events">
        {shown.map(({ event, times }) => (
          <li><time dateTime={new Date(event.atMs).toISOString()} title={moment(event.atMs)}>+{ago(event.atMs - view.createdMs)}</time> <span><Status of={event.event} /> {times > 1 && <b class="number">× {times}</b>} {event.event === "progress" && event.percent !== undefined && `${event.percent} %`} {event.error && <span class="why">{whyOf(row.cloud, event.error)}</span>}</span></li>
        ))}
      </ol>
    </aside>
  );
}

/**
 * Events without the steps of progress. An attempt that was refused is one with its launch; what came several times in a row, such
 * as these, stands once, with the last time.
 */
function grouped(events: readonly Happened[]): { event: Happened; times: number }[] {
  const groups: { event: Happened; times: number }[] = [];
  for (const event of events) {
    if (event.event === "progress") continue;
    if (["retried", "throttled"].includes(event.event) && groups.at(-1)?.event.event === "launching") groups.pop();
    const last = groups.at(-1);
    if (last?.event.event === event.event && last.event.error?.code === event.error?.code) groups[groups.length - 1] = { event, times: last.times + 1 };
    else groups.push({ event, times: 1 });
  }
  return groups;
}

/** Events by lane, as they come. */
function useEvents(backend: PageProps["backend"], name: string): Map<string, Happened[]> {
  const [lanes, setLanes] = useState(new Map<string, Happened[]>());
  useEffect(() => {
    let [over, since, timer] = [false, "", 0];
    const known = new Map<string, Happened[]>();
    const go = async () => {
      try {
        const page = await backend.events(name, since);
        // A lane of which something new is told has another list: those that stay are not drawn anew.
        const fresh = new Set<string>();
        for (const event of page.events) {
          if (event.lane === undefined) continue;
          const key = `${event.cloud} ${event.lane}`;
          if (fresh.has(key)) known.get(key)!.push(event);
          else known.set(key, [...(known.get(key) ?? []), event]), fresh.add(key);
        }
        since = page.next;
        if (!over && page.events.length > 0) setLanes(new Map(known));
      } catch {
        // The page tells what fails; here it is asked again.
      }
      if (!over) timer = setTimeout(go, 1000) as never;
    };
    void go();
    return () => ((over = true), clearTimeout(timer));
  }, [backend, name]);
  return lanes;
}
