import type { Row } from "imgferry";
import { useEffect, useRef, useState } from "preact/hooks";
import { troubleOf } from "../backend.js";
import type { Happened, Trouble, View } from "../backend.js";
import type { PageProps } from "../page.js";
import { Copyable, Failed, Rows, Status, ago, moment, useAsked } from "../parts.js";
import { isZh, t } from "../text.js";
import { Lane, Legend, Scale } from "../timeline.js";
import { standing } from "./replications.js";

export default function Replication({ backend, choices, path }: PageProps) {
  const name = path[1] ?? "";
  const { told: view, trouble, again } = useAsked(() => backend.view(name), 1000, [backend, name]);
  const events = useEvents(backend, name);
  const [chosen, setChosen] = useState<string | null>(null);
  const [failed, setFailed] = useState<Trouble | null>(null);
  const [journal, setJournal] = useState<string | null>(null);
  const act = (work: Promise<unknown>) => void work.then(() => (setFailed(null), again()), (error) => setFailed(troubleOf(error)));
  if (!view) return <><div class="title"><h1>{name}</h1></div><Failed of={trouble} />{!trouble && <p role="status">{t("loading")}</p>}</>;
  const ended = view.state === "ended";
  const from = view.createdMs;
  const to = view.endedMs ?? Math.max(Date.now(), from + 10_000, ...view.rows.map((row) => (row.etaMs ? Date.now() + row.etaMs[1] : 0)));
  const latest = Math.max(0, ...view.rows.map(({ etaMs }) => etaMs?.[1] ?? 0));
  const row = view.rows.find((row) => keyOf(row) === chosen) ?? null;
  const word = standing(view);
  return (
    <>
      <div class="title">
        <h1>{name}</h1>
        <Status of={word} />
        <span class="actions">
          {!ended && <button type="button" onClick={() => act(backend.cancel(name))}>{t("cancel")}</button>}
          {((ended && view.exitCode !== 0) || view.trouble) && <button type="button" onClick={() => act(backend.resume(name))}>{t("resume")}</button>}
          <button type="button" onClick={() => void backend.journal(name).then(setJournal, (error) => setFailed(troubleOf(error)))}>{t("journal")}</button>
          {ended && <button type="button" onClick={() => act(backend.remove(name).then(() => (location.hash = "#/")))}>{t("delete")}</button>}
        </span>
      </div>
      <Failed of={failed ?? trouble ?? (view.trouble ? troubleOf(view.trouble) : null)} />
      <dl class="facts">
        <div><dt>{t("begun")}</dt><dd>{moment(from)}</dd></div>
        <div><dt>{t(ended ? "took" : "elapsed")}</dt><dd class="number">{ago((view.endedMs ?? Date.now()) - from)}</dd></div>
        {!ended && latest > 0 && <div><dt>{t("remaining")}</dt><dd class="number">≤ {ago(latest)}</dd></div>}
        <div><dt>{t("clouds")}</dt><dd>{view.clouds.join(", ")}</dd></div>
        <div><dt>{t("destinations")}</dt><dd class="number">{Object.values(view.counts).reduce((sum, count) => sum + count, 0)}</dd></div>
        <div><dt>{t("launches")}</dt><dd class="number">{view.rows.reduce((sum, { launches }) => sum + launches, 0)}</dd></div>
      </dl>
      <p class="counts">{Object.entries(view.counts).map(([word, count]) => <span><Status of={word} /> <b>{count}</b></span>)} {view.ahead > 0 && <span>{t("ahead")} {view.ahead}</span>}</p>
      <div class={`split ${row ? "open" : ""}`}>
        <Rows of={view.rows} height={44} label={t("timeline")}
          head={<tr><th scope="col">{t("lane")}</th><th scope="col">{t("state")}</th><th scope="col" class="wide axis">{t("timeline")} <Scale from={from} to={to} /></th></tr>}
          row={(row) => (
            <tr key={keyOf(row)} class={keyOf(row) === chosen ? "chosen" : ""}>
              <th scope="row"><button type="button" class="link" aria-expanded={keyOf(row) === chosen} onClick={() => setChosen(keyOf(row) === chosen ? null : keyOf(row))}>{row.to}</button> <small>{row.name || row.image}</small><span class="narrow"><Lane events={events.get(keyOf(row)) ?? []} row={row} from={from} to={to} ended={view.endedMs} /></span></th>
              <td><Status of={row.state} /> {row.percent !== null && !["ready", "present"].includes(row.state) && <span class="number">{row.percent} %</span>}</td>
              <td class="wide"><Lane events={events.get(keyOf(row)) ?? []} row={row} from={from} to={to} ended={view.endedMs} /></td>
            </tr>
          )} />
        {row && <Panel key={keyOf(row)} row={row} view={view} events={events.get(keyOf(row)) ?? []} close={() => setChosen(null)} resolve={(id) => act(backend.resolve(name, row, id))} />}
      </div>
      <Legend />
      <details class="commands">
        <summary>{t("same")}</summary>
        <Copyable title={t("curl")} text={commands(choices.address, view, row)} />
        <Copyable title={t("command")} text={`imgferry status ${name}.journal\nimgferry resume ${name}.journal`} />
      </details>
      {journal !== null && <><Copyable title={t("journal")} text={journal} /><button type="button" onClick={() => setJournal(null)}>{t("close")}</button></>}
    </>
  );
}

/** What the buttons of this page do, as requests to the worker. */
function commands(address: string, { name, state, exitCode }: View, row: Row | null): string {
  const at = `${address.replace(/\/$/, "")}/jobs/${encodeURIComponent(name)}`;
  const send = (method: string, path = "", body?: unknown) => `curl -X ${method} ${at}${path} -H "Authorization: Bearer $TOKEN"${body === undefined ? "" : ` --data '${JSON.stringify(body)}'`}`;
  const doubtful = row && isDoubtful(row) ? [send("POST", "/resolve", { cloud: row.cloud, lane: row.lane, imageId: null })] : [];
  const next = state !== "ended" ? [send("POST", "/cancel")] : [...(exitCode === 0 ? [] : [send("POST", "/resume")]), send("DELETE")];
  return [send("GET"), send("GET", "/events"), send("GET", "/journal"), ...doubtful, ...next].join("\n");
}

const isDoubtful = ({ state }: Row): boolean => ["ambiguous", "probing"].includes(state);

const keyOf = (row: Pick<Row, "cloud" | "lane">): string => `${row.cloud} ${row.lane}`;

function Panel({ row, view, events, close, resolve }: { row: Row; view: View; events: Happened[]; close: () => void; resolve: (id: string | null) => void }) {
  const [full, setFull] = useState(false);
  const [id, setId] = useState("");
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const error = row.error;
  const shown = full ? events.map((event) => ({ event, times: 1 })) : grouped(events);
  return (
    <aside class="panel" aria-labelledby="panel" onKeyDown={({ key }) => key === "Escape" && close()}>
      <div class="title"><h2 id="panel" ref={heading} tabIndex={-1}>{row.cloud} · {row.to}</h2><button type="button" onClick={close}>{t("close")}</button></div>
      {error && <div class="trouble"><p><strong>{t("cause")}:</strong> {error.message}</p><p><strong>{t("next")}:</strong> {isZh() ? error.hintZh : error.hint}</p></div>}
      {row.note && <p>{isZh() ? row.noteZh : row.note}</p>}
      <dl>
        <dt>{t("state")}</dt><dd><Status of={row.state} /></dd>
        <dt>{t("name")}</dt><dd>{row.name || "–"}</dd>
        <dt>{t("source")}</dt><dd>{row.from} · {row.image}</dd>
        <dt>{t("imageId")}</dt><dd>{row.imageId ?? "–"}</dd>
        <dt>{t("launches")}</dt><dd>{row.launches}</dd>
        {row.sinceMs > 0 && <><dt>{t("since")}</dt><dd>{moment(row.sinceMs)}</dd></>}
        {row.etaMs && view.state !== "ended" && <><dt>{t("remaining")}</dt><dd>{ago(row.etaMs[0])} – {ago(row.etaMs[1])}</dd></>}
        {row.requestIds.length > 0 && <><dt>{t("requestIds")}</dt><dd>{row.requestIds.map((id) => <code>{id}</code>)}</dd></>}
      </dl>
      {isDoubtful(row) && (
        <fieldset>
          <legend>{t("resolve")}</legend>
          <label class="field"><span>{t("itIsThere")}</span><input value={id} onInput={({ currentTarget }) => setId(currentTarget.value)} /></label>
          <button type="button" disabled={id.trim() === ""} onClick={() => resolve(id.trim())}>{t("itIsThere")}</button>
          <button type="button" onClick={() => resolve(null)}>{t("itIsNot")}</button>
        </fieldset>
      )}
      <h3>{t("events")} <button type="button" class="small" onClick={() => setFull(!full)}>{full ? t("compact") : t("fullHistory")}</button></h3>
      <ol class="events">
        {shown.map(({ event, times }) => (
          <li><time dateTime={new Date(event.atMs).toISOString()} title={moment(event.atMs)}>+{ago(event.atMs - view.createdMs)}</time> <Status of={event.event} /> {times > 1 && <b class="number">× {times}</b>} {event.event === "progress" && event.percent !== undefined && `${event.percent} %`} {event.error && <span class="why">{event.error.message}</span>}</li>
        ))}
      </ol>
    </aside>
  );
}

/** Events without the steps of progress; what came several times in a row, such as attempts, stands once, with the last time. */
function grouped(events: readonly Happened[]): { event: Happened; times: number }[] {
  const groups: { event: Happened; times: number }[] = [];
  for (const event of events) {
    const last = groups.at(-1);
    if (event.event === "progress") continue;
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
        for (const event of page.events) {
          if (event.lane === undefined) continue;
          const key = `${event.cloud} ${event.lane}`;
          known.get(key)?.push(event) ?? known.set(key, [event]);
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
