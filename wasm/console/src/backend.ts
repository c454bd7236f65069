// What drives replications: the simulator inside the page, or an edge worker.
import type { Cloud, Event, Extra, Image, Plan, Problem, Row } from "imgferry";

export interface Entry {
  name: string;
  by: string;
  clouds: Cloud[];
  createdMs: number;
  endedMs: number | null;
  state: "queued" | "running" | "ended";
  exitCode: number;
  counts: Record<string, number>;
  /** Why it stands still, where it does. */
  trouble?: Told | null;
}

/** A row with the moments between which it may be ready: a remaining time grows shorter without being told again. */
export interface Lane extends Row {
  readyMs: readonly [number, number] | null;
}

export interface View extends Entry {
  rows: readonly Lane[];
  /** Replications that are before it on the same account. */
  ahead: number;
}

export type Happened = Event & { seq: number };

export interface Surveyed {
  counts: Record<string, number>;
  rows: Row[];
  extra: Extra[];
}

/** What may be done there; null where everything may. */
export interface About {
  caller: string;
  roles: string[];
  clouds: { [cloud in Cloud]?: { from: string[]; regions: string[]; names: string | null } } | null;
}

/** The rows of each replication as they were told last: those that changed come again, the others stay the same objects. */
export class Known {
  readonly #of = new Map<string, { seq: string; createdMs: number; rows: Map<string, Lane> }>();

  /** What is to be asked for. */
  since(name: string): string {
    return this.#of.get(name)?.seq ?? "0";
  }

  take({ name, createdMs, seq, rows }: { name: string; createdMs: number; seq: string; rows: readonly Row[] }): readonly Lane[] {
    const before = this.#of.get(name);
    // Another one may have the name meanwhile.
    const last = before?.createdMs === createdMs ? before.rows : new Map<string, Lane>();
    const now = Date.now();
    for (const row of rows) last.set(`${row.cloud} ${row.lane}`, { ...row, readyMs: row.etaMs && [now + row.etaMs[0], now + row.etaMs[1]] });
    this.#of.set(name, { seq, createdMs, rows: last });
    return [...last.values()];
  }
}

export interface Backend {
  about(): Promise<About>;
  list(): Promise<Entry[]>;
  view(name: string): Promise<View>;
  /** Events behind that point, and the next point. */
  events(name: string, since: string): Promise<{ events: Happened[]; next: string }>;
  create(name: string, plan: Plan): Promise<void>;
  cancel(name: string): Promise<void>;
  resume(name: string): Promise<void>;
  resolve(name: string, row: Row, imageId: string | null): Promise<void>;
  remove(name: string): Promise<void>;
  journal(name: string): Promise<string>;
  check(plan: Plan): Promise<Problem[]>;
  survey(plan: Plan): Promise<Surveyed>;
  images(cloud: Cloud, region: string, page?: string): Promise<{ images: Image[]; next: string | null }>;
}

/** What went wrong, with the next step, each in both languages. */
export interface Told {
  message: string;
  messageZh: string;
  hint: string;
  hintZh: string;
  problems?: readonly Problem[];
  /** The page on which that is done. */
  page?: "settings" | undefined;
}

export class Trouble extends Error implements Told {
  readonly messageZh: string;
  readonly hint: string;
  readonly hintZh: string;
  readonly problems: readonly Problem[];
  readonly page: Told["page"];

  constructor(told: Told) {
    super(told.message);
    this.messageZh = told.messageZh;
    this.hint = told.hint;
    this.hintZh = told.hintZh;
    this.problems = told.problems ?? [];
    this.page = told.page;
  }

  /** As it may leave a worker. */
  told(): Told {
    const { message, messageZh, hint, hintZh, problems, page } = this;
    return { message, messageZh, hint, hintZh, problems, page };
  }
}

/** A part of the console, or a module, that did not arrive: after another version was put in its place, without a network, under another policy. */
export const unloaded = (error: unknown): Trouble => {
  const cause = error instanceof Error ? error.message : String(error);
  return new Trouble({
    message: `A part of the console could not be loaded: ${cause}`, messageZh: `控制台的一部分未能加载（${cause}）`,
    hint: "Reload the page. If it says so again, its server lacks a file of dist/ or sends another policy than serve.mjs.", hintZh: "请重新加载页面；若仍如此，请确认服务器提供 dist/ 的全部文件，并发送 serve.mjs 中的策略。",
  });
};

export function troubleOf(error: unknown): Trouble {
  if (error instanceof Trouble) return error;
  // What the core says is in English; its next step, and each finding, is in both languages.
  const { message = String(error), messageZh = message, hint = "", hintZh = "", problems } = (error ?? {}) as Partial<Told>;
  return new Trouble({ message, messageZh, hint, hintZh, problems });
}
