// A replication is carried by parts, one a cloud: the object of an account owns its rates.
import type { Cloud, Plan, Row } from "imgferry";
import { CLOUDS } from "./config.js";
import type { Places } from "./types.js";

/** The plan of one cloud, and where its entries stand in the whole. */
export interface Part {
  cloud: Cloud;
  plan: Plan;
  places: Places;
}

/** The parts of a plan, in the order of the clouds. */
export function parts(plan: Plan): Part[] {
  const named = <T extends { cloud: Cloud }>(entries: readonly T[] | undefined, cloud: Cloud) => (entries ?? []).flatMap((entry, index) => (entry?.cloud === cloud ? [index] : []));
  return CLOUDS.flatMap((cloud) => {
    const places = { copies: named(plan.copies, cloud), exports: named(plan.exports, cloud) };
    if (places.copies.length + places.exports.length === 0) return [];
    const own = { ...plan, clouds: plan.clouds?.[cloud] ? { [cloud]: plan.clouds[cloud] } : {}, copies: places.copies.map((at) => plan.copies![at]!), exports: places.exports.map((at) => plan.exports![at]!) };
    return [{ cloud, plan: own, places }];
  });
}

/** The row with its place in the whole plan. */
export function placed<R extends Row>(row: R, places: Places): R {
  return { ...row, path: row.path.replace(/^(copies|exports)\[(\d+)\]/, (_, kind: keyof Places, index) => `${kind}[${places[kind][Number(index)]}]`) };
}

/** Digest of a plan: the same for the same plan, in whatever order its fields stand. */
export async function digest(plan: Plan, account: string): Promise<string> {
  const text = JSON.stringify([account, plan], (_, value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What states and exit codes of parts come to. */
export function together(parts: readonly { state: string; exitCode: number; counts: Record<string, number> }[]) {
  const counts: Record<string, number> = {};
  for (const part of parts) for (const [state, count] of Object.entries(part.counts)) counts[state] = (counts[state] ?? 0) + count;
  const codes = parts.map((part) => part.exitCode);
  const good = (counts["ready"] ?? 0) + (counts["present"] ?? 0) > 0;
  const failed = codes.some((code) => code === 3 || code === 4);
  const exitCode = [7, 6, 5].find((code) => codes.includes(code)) ?? (failed ? (good ? 3 : 4) : 0);
  const state = parts.every((part) => part.state === "ended") ? "ended" : parts.some((part) => part.state === "running") ? "running" : "queued";
  return { state, exitCode, counts };
}
