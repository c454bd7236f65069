import { troubleOf } from "../backend.js";
import type { Entry } from "../backend.js";
import type { PageProps } from "../page.js";
import { Failed, Rows, SortBy, Sorting, Status, ago, cause, moment, sorted, useAsked, useNarrow } from "../parts.js";
import { cloudNames, state, t } from "../text.js";
import type { Word } from "../text.js";

/** How a replication stands, for who looks at many. */
export const standing = ({ state, exitCode, trouble }: Pick<Entry, "state" | "exitCode" | "trouble">): Word =>
  exitCode === 7 || trouble ? "person" : state === "ended" ? (exitCode === 0 ? "done" : exitCode === 6 || exitCode === 5 ? "unfinished" : "failed") : state;

const FILTERS: Word[] = ["all", "person", "failed", "running", "queued", "unfinished", "done"];

/** What each column is sorted by. */
const COLUMNS: { [column in Word]?: (entry: Entry) => string | number } = {
  state: (entry) => FILTERS.indexOf(standing(entry)), name: ({ name }) => name, progress: ({ counts }) => goodOf(counts) / Math.max(1, sumOf(counts)), clouds: ({ clouds }) => cloudNames(clouds), begun: ({ createdMs }) => createdMs, took: (entry) => tookMs(entry),
};

export default function Replications({ backend, demo, query, ask }: PageProps) {
  const { told, trouble } = useAsked(() => backend.list(), 1500, [backend]);
  const filter = FILTERS.find((word) => word === query.get("state")) ?? "all";
  const wanted = query.get("find") ?? "";
  const wish = query.get("sort");
  const sort = wish && Object.hasOwn(COLUMNS, wish.replace(/^-/, "")) ? wish : null;
  const isNarrow = useNarrow();
  const shown = sorted((told ?? []).filter((entry) => (filter === "all" || standing(entry) === filter) && entry.name.toLowerCase().includes(wanted.trim().toLowerCase())), sort, COLUMNS);
  return (
    <>
      <div class="title"><h1>{t("replications")}</h1><a class="button primary" href="#/new">{t("new")}</a></div>
      <Failed of={trouble} />
      {!told && !trouble && <p class="empty" role="status">{t("loading")}</p>}
      {told && told.length > 0 && (
        <div class="filters" role="group" aria-label={t("filter")}>
          {FILTERS.map((word) => ({ word, count: told.filter((entry) => word === "all" || standing(entry) === word).length })).filter(({ word, count }) => count > 0 || word === filter).map(({ word, count }) => (
            <button type="button" aria-pressed={filter === word} onClick={() => ask({ state: word === "all" ? null : word })}>{word === "all" ? t(word) : <Status of={word} />} <b>{count}</b></button>
          ))}
          <input type="search" aria-label={t("search")} placeholder={t("search")} value={wanted} onInput={({ currentTarget }) => ask({ find: currentTarget.value }, true)} />
          {isNarrow && <SortBy of={Object.keys(COLUMNS) as Word[]} sort={sort} choose={(sort) => ask({ sort })} />}
        </div>
      )}
      {told && told.length > 0 && shown.length === 0 && <div class="empty"><p>{t("noMatch")}</p><button type="button" onClick={() => ask({ state: null, find: null })}>{t("all")}</button></div>}
      {told && told.length === 0 && (
        <div class="empty">
          <p><strong>{t("none")}</strong></p><p>{t("noneHint")}</p>{demo && <p>{t("noneDemo")}</p>}
          <p class="actions"><a class="button" href="#/new">{t("new")}</a>{demo && <a class="button" href="#/settings">{t("useWorker")}</a>}</p>
        </div>
      )}
      {shown.length > 0 && (
        <Rows of={shown} label={t("replications")}
          head={<tr>{Object.keys(COLUMNS).map((column, at) => <Sorting key={column} by={column as Word} sort={sort} isWide={at > 2} choose={(sort) => ask({ sort })} />)}</tr>}
          row={(entry) => {
            const all = sumOf(entry.counts);
            const good = goodOf(entry.counts);
            const bad = ["failed", "conflict", "stale"].reduce((sum, word) => sum + (entry.counts[word] ?? 0), 0);
            const doubtful = entry.counts["ambiguous"] ?? 0;
            const word = standing(entry);
            return (
              <tr key={entry.name}>
                <td><Status of={word} /></td>
                <th scope="row"><a href={`#/job/${encodeURIComponent(entry.name)}`}>{entry.name}</a>{isNarrow && <small class="narrow">{cloudNames(entry.clouds)} · {moment(entry.createdMs)} · <span class="number">{ago(tookMs(entry))}</span></small>}{entry.trouble && <small class="why">{cause(troubleOf(entry.trouble))}</small>}</th>
                <td><Bar counts={entry.counts} all={all} /> <span class="number">{good} {t("of")} {all}</span><span class="number wide">{doubtful > 0 && ` · ${doubtful} ${state("ambiguous")}`}{bad > 0 && ` · ${bad} ${t("failed")}`}</span></td>
                <td class="wide">{cloudNames(entry.clouds)}</td>
                <td class="wide moment">{moment(entry.createdMs)}</td>
                <td class="wide number">{ago(tookMs(entry))}</td>
              </tr>
            );
          }} />
      )}
    </>
  );
}

const sumOf = (counts: Entry["counts"]): number => Object.values(counts).reduce((sum, count) => sum + count, 0);
const goodOf = (counts: Entry["counts"]): number => (counts["ready"] ?? 0) + (counts["present"] ?? 0);
const tookMs = ({ createdMs, endedMs }: Entry): number => (endedMs ?? Date.now()) - createdMs;

/** How many of all are good, bad, and on their way. */
export function Bar({ counts, all }: { counts: Record<string, number>; all: number }) {
  const sum = (...words: string[]) => words.reduce((sum, word) => sum + (counts[word] ?? 0), 0);
  const parts = [["good", sum("ready", "present")], ["bad", sum("failed", "conflict", "stale")], ["urgent", sum("ambiguous")], ["calm", sum("cancelled", "missing", "unfinished")]] as const;
  let x = 0;
  return (
    <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect width="100" height="8" class="rest" />
      {parts.map(([tone, count]) => {
        const width = all ? (100 * count) / all : 0;
        x += width;
        return <rect x={x - width} width={width} height="8" class={tone} />;
      })}
    </svg>
  );
}
