// A lane on the time axis: what it did when, launches, probes, retries, throttles, and when it may be ready.
import type { Row } from "imgferry";
import type { Happened, Lane as Told } from "./backend.js";
import { ago, clock, toneOf } from "./parts.js";
import { whyOf } from "./core.js";
import { colon, state, t } from "./text.js";

const MARKS: Record<string, string> = { launching: "M-3 -4L4 0L-3 4Z", probing: "M0 -5L5 0L0 5L-5 0Z", retried: "M-3 -3L3 3M3 -3L-3 3", throttled: "M-3 -4V4M0 -4V4M3 -4V4", resolved: "M-4 0L-1 3L4 -3", absent: "M-4 0H4" };
/** Of marks that stand too near to each other the first of these is drawn; the others are in its words. */
const WEIGHT = ["throttled", "retried", "absent", "probing", "resolved", "launching"];
/** Nearer than that, in hundredths of the axis, two marks would cover each other. */
const NEAR = 2.4;
/** What a lane does after an event. */
const AFTER: Record<string, string> = { launching: "copying", launched: "copying", resolved: "copying", progress: "copying", probing: "doubt", retried: "waiting", throttled: "waiting", absent: "waiting", source_pending: "waiting" };

/** The end of an axis of that length, and how far a lane at rest has come: not each second another one, so that few are drawn anew. */
export function steady(ms: number, round: (steps: number) => number): number {
  const step = 2 ** Math.floor(Math.log2(Math.max(ms, 8000) / 8000)) * 1000;
  return round(ms / step) * step;
}

export function Lane({ events, row, from, to, now }: { events: readonly Happened[]; row: Told; from: number; to: number; now: number }) {
  const x = (ms: number): number => Math.max(0, Math.min(100, (100 * (ms - from)) / Math.max(1, to - from)));
  const tone = toneOf(row.state);
  const last = events.findLast(({ event }) => toneOf(event) !== "busy")?.atMs;
  const over = last !== undefined && tone !== "busy";
  const until = over ? last : now;
  const marks = clusters(events, x);
  return (
    <svg class="lane" role="img" aria-label={`${row.to}: ${events.filter(({ event }) => event !== "progress").map(({ event, atMs }) => `${state(event)} +${ago(atMs - from)}`).join(", ") || state(row.state)}`}>
      <line x1="0" x2="100%" y1="14" y2="14" class="ground" />
      {phases(events, row, from, until).map(({ phase, begun, ends }) => <rect x={`${x(begun)}%`} y={phase === "waiting" ? 12 : 9} width={`${Math.max(0.4, x(ends) - x(begun))}%`} height={phase === "waiting" ? 4 : 10} rx="2" class={phase === "copying" ? tone : phase} />)}
      {row.readyMs && !over && row.readyMs[1] > now && <rect x={`${Math.min(99.4, x(row.readyMs[0]))}%`} y="5" width={`${Math.max(0.6, x(row.readyMs[1]) - x(row.readyMs[0]))}%`} height="18" class="eta" />}
      {marks.map(({ event, at, told }) => (
        <svg key={told} x={`${Math.max(1, Math.min(99, at))}%`} y="14" class="spot"><title>{told}</title><circle r="7" /><path d={MARKS[event]} class={`mark ${event}`} /></svg>
      ))}
    </svg>
  );
}

/** What the lane did, one after the other: it waited, copied, or nobody knew. */
function phases(events: readonly Happened[], { launchedMs, state }: Row, from: number, until: number): { phase: string; begun: number; ends: number }[] {
  const phases: { phase: string; begun: number; ends: number }[] = [];
  const turn = (phase: string, at: number) => {
    const before = phases.at(-1);
    if (before?.phase === phase) return;
    if (before) before.ends = at;
    phases.push({ phase, begun: at, ends: until });
  };
  if (events.length === 0 && launchedMs) return [{ phase: "copying", begun: launchedMs, ends: until }];
  const first = events.find(({ event }) => AFTER[event] === "copying");
  if (!first && ["present", "missing"].includes(state)) return [];
  turn("waiting", from);
  for (const { event, atMs } of events) if (AFTER[event]) turn(AFTER[event], Math.min(atMs, until));
  return phases.filter(({ begun, ends }) => ends > begun);
}

/** The marks that are drawn, each with what it stands for. */
function clusters(events: readonly Happened[], x: (ms: number) => number): { event: string; at: number; told: string }[] {
  const marks: { event: string; at: number; told: string }[] = [];
  for (const { event, atMs, cloud, error } of events) {
    if (!MARKS[event]) continue;
    const told = `${clock(atMs)} ${state(event)}${error ? `${colon()}${whyOf(cloud, error)}` : ""}`;
    const last = marks.at(-1);
    if (last && x(atMs) - last.at < NEAR) {
      last.told += `\n${told}`;
      if (WEIGHT.indexOf(event) < WEIGHT.indexOf(last.event)) last.event = event;
    } else marks.push({ event, at: x(atMs), told });
  }
  return marks;
}

export const Scale = ({ from, to }: { from: number; to: number }) => (
  <span class="scale" aria-hidden="true">{[0, 0.25, 0.5, 0.75, 1].map((part) => <span>+{ago((to - from) * part)}</span>)}</span>
);

/** What the marks and bars of a lane mean. */
export const Legend = () => (
  <ul class="legend" aria-label={t("legend")}>
    {Object.entries(MARKS).map(([event, path]) => <li><svg viewBox="-7 -7 14 14" aria-hidden="true"><path d={path} class={`mark ${event}`} /></svg> {state(event)}</li>)}
    {(["waiting", "doubt", "eta"] as const).map((phase) => <li><svg viewBox="0 0 14 14" aria-hidden="true"><rect x="0.5" y={phase === "waiting" ? 5 : 2} width="13" height={phase === "waiting" ? 4 : 10} class={phase} /></svg> {t(phase)}</li>)}
  </ul>
);
