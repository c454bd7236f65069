// A lane on the time axis: launch, probes, retries, throttles, and when it may be ready.
import type { Row } from "imgferry";
import type { Happened } from "./backend.js";
import { ago, toneOf } from "./parts.js";
import { state, t } from "./text.js";

const WIDTH = 600;
const MARKS: Record<string, string> = { launching: "M-4 -5L4 0L-4 5Z", probing: "M0 -5L5 0L0 5L-5 0Z", retried: "M-4 -4L4 4M4 -4L-4 4", throttled: "M-4 -5V5M0 -5V5M4 -5V5", resolved: "M-5 0L-1 4L5 -4", absent: "M-4 0H4" };

export function Lane({ events, row, from, to, ended }: { events: readonly Happened[]; row: Row; from: number; to: number; ended: number | null }) {
  const x = (ms: number): number => Math.max(0, Math.min(WIDTH, (WIDTH * (ms - from)) / Math.max(1, to - from)));
  const first = events.find(({ event }) => event === "launching")?.atMs ?? row.launchedMs;
  const last = events.findLast(({ event }) => toneOf(event) !== "busy")?.atMs;
  const now = ended ?? Date.now();
  const tone = toneOf(row.state);
  const over = last !== undefined && tone !== "busy";
  return (
    <svg class="lane" viewBox={`0 0 ${WIDTH} 28`} preserveAspectRatio="none" role="img" aria-label={`${row.to}: ${events.filter(({ event }) => event !== "progress").map(({ event, atMs }) => `${state(event)} +${ago(atMs - from)}`).join(", ") || state(row.state)}`}>
      <line x1="0" x2={WIDTH} y1="14" y2="14" class="ground" />
      {first && first > from && <rect x="0" y="12" width={x(first)} height="4" class="calm" />}
      {first && <rect x={x(first)} y="9" width={Math.max(3, x(over ? last : now) - x(first))} height="10" rx="3" class={tone} />}
      {row.etaMs && !over && <rect x={x(now + row.etaMs[0])} y="5" width={Math.max(4, x(now + row.etaMs[1]) - x(now + row.etaMs[0]))} height="18" class="eta" />}
      {events.flatMap(({ event, atMs, seq }) => (MARKS[event] ? [<path key={seq} d={MARKS[event]} transform={`translate(${Math.max(6, Math.min(WIDTH - 6, x(atMs)))} 14)`} class={`mark ${event}`} />] : []))}
    </svg>
  );
}

export const Scale = ({ from, to }: { from: number; to: number }) => (
  <span class="scale" aria-hidden="true">{[0, 0.25, 0.5, 0.75, 1].map((part) => <span>+{ago((to - from) * part)}</span>)}</span>
);

/** What the marks of a lane mean. */
export const Legend = () => (
  <ul class="legend" aria-label={t("legend")}>
    {Object.entries(MARKS).map(([event, path]) => <li><svg viewBox="-7 -7 14 14" aria-hidden="true"><path d={path} class={`mark ${event}`} /></svg> {state(event)}</li>)}
    <li><svg viewBox="0 0 14 14" aria-hidden="true"><rect x="0.5" y="2" width="13" height="10" class="eta" /></svg> {t("eta")}</li>
  </ul>
);
