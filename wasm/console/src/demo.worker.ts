// Simulator and jobs of the demo. What happens is written down first, in the browser's storage; the world is what was written,
// told again: the same requests at the same times make the same world.
import { Job, check, init, run, texts } from "imgferry";
import type { Changes, Cloud, Event, Image, Plan, Row } from "imgferry";
import { World, init as initSim } from "imgferry/sim";
import { Trouble, troubleOf, unloaded } from "./backend.js";
import type { About, Entry, Happened } from "./backend.js";

interface Carried {
  name: string;
  plan: Plan;
  createdMs: number;
  endedMs: number | null;
  journal: string;
  events: Happened[];
  job: Job | null;
  stop: AbortController;
  running: boolean;
  /** Why it stands still. */
  trouble: Trouble | null;
}

type Line =
  | { t: "world"; now: number; faults: Record<string, number> }
  | { t: "call"; now: number; request: { method: string; url: string; headers: [string, string][]; body?: string } }
  | { t: "plan"; name: string; plan: Plan; now: number }
  | { t: "lines"; name: string; lines: string }
  | { t: "event"; name: string; event: Event }
  | { t: "ended"; name: string; now: number | null }
  | { t: "removed"; name: string };

const CALM: Record<string, number> = {};
const jobs = new Map<string, Carried>();
let world: World;
let faults = CALM;
let book: IDBDatabase | null = null;

/** Calls since the faults were last chosen: they belong to one world, since a world has its faults from the beginning. */
async function open(): Promise<void> {
  await Promise.all([init(), initSim(), texts("zh").catch(() => {}), take()]).catch((error) => Promise.reject(unloaded(error)));
  book = await opened().catch(() => null);
  const lines = await read().catch(() => [] as Line[]);
  if (lines.length === 0) await write({ t: "world", now: Date.now(), faults: CALM }).catch(() => {});
  const first = lines[0]?.t === "world" ? lines[0] : { now: Date.now(), faults: CALM };
  try {
    begin(first.now, first.faults);
    for (const line of lines.slice(1)) tell(line);
  } catch (error) {
    throw new Trouble({
      message: `What is kept of the demo is of another version: ${troubleOf(error).message}`, messageZh: `保存的演示内容属于其他版本（${troubleOf(error).message}）`,
      hint: "Begin anew in the settings.", hintZh: "请在设置中重新开始。", page: "settings",
    });
  }
  for (const carried of jobs.values()) if (carried.endedMs === null) carry(carried);
}

/** The clouds' clock: when this machine's is set back, theirs goes on. */
function clock(): number {
  ahead = Math.max(ahead, latest - Date.now());
  return (latest = Date.now() + ahead);
}
let [latest, ahead] = [0, 0];

const ports: Pick<MessagePort, "postMessage">[] = [];
let isTaken = false;

/**
 * Two of these would drive the same replications, each in a world of its own: that of a newer version of the console has another
 * address. So the one that came last takes the book, and the one before writes, and so sends, nothing more and tells its pages.
 */
async function take(): Promise<void> {
  const { locks } = navigator;
  // Where nothing may be kept, nothing may be taken either: there is no book then.
  const { held } = (await locks?.query().catch(() => null)) ?? {};
  if (!held) return;
  await new Promise<void>((has) => {
    locks.request("imgferry-demo", { steal: true }, () => (has(), new Promise(() => {}))).catch(() => {
      isTaken = true;
      for (const carried of jobs.values()) carried.stop.abort();
      ports.forEach((port) => port.postMessage({ id: 0 }));
    });
  });
  // What the one before is writing just now is there before it is read.
  if (held.some(({ name }) => name === "imgferry-demo")) await new Promise((over) => setTimeout(over, 300));
}

function begin(now: number, chosen: Record<string, number>): void {
  world = new World({ seed: 7, copy_ms: [8_000, 30_000], visible_after_ms: 700, faults: { slow_ms: 2500, timeout_ms: 4000, ...chosen } as never }, now);
  faults = chosen;
}

function tell(line: Line): void {
  switch (line.t) {
    case "world": return begin(line.now, line.faults);
    case "call": return void world.handle((latest = Math.max(latest, line.now)), line.request);
    case "plan": return void jobs.set(line.name, { name: line.name, plan: line.plan, createdMs: line.now, endedMs: null, journal: "", events: [], job: null, stop: new AbortController(), running: false, trouble: null });
    case "removed": return void jobs.delete(line.name);
  }
  const carried = jobs.get(line.name);
  if (!carried) return;
  if (line.t === "lines") carried.journal += line.lines;
  else if (line.t === "event") carried.events.push({ ...line.event, seq: carried.events.length + 1 });
  else carried.endedMs = line.now;
}

async function noted(line: Line): Promise<void> {
  await write(line);
  tell(line);
}

/** A copy that takes minutes is looked at each second here. */
const QUICK = { poll: "1s", settle: "4s", visible: "30s", backoff: "500ms", backoff_max: "4s", request_timeout: "6s" };

function jobOf(carried: Carried): Job {
  // What has ended is only looked at: restored, it would go on, and no launch in doubt would wait for a person any more.
  carried.job ??= carried.journal ? Job[carried.endedMs === null ? "restore" : "wake"](carried.journal, Date.now()).job : new Job({ ...carried.plan, policy: { ...QUICK, ...carried.plan.policy } }, Date.now(), 7);
  return carried.job;
}

function carry(carried: Carried): void {
  const { name } = carried;
  if (carried.running) return;
  carried.running = true;
  carried.trouble = null;
  carried.stop = new AbortController();
  // Another one may have the name meanwhile, in another world.
  const own = (line: Line): Promise<void> => (jobs.get(name) === carried ? noted(line) : Promise.reject(carried.stop.signal.reason));
  const go = async () => run(jobOf(carried), World.keys(), {
    signal: carried.stop.signal,
    async save(lines) {
      if (carried.trouble) throw carried.trouble;
      if (lines) await own({ t: "lines", name, lines });
    },
    onEvent: (event) => void own({ t: "event", name, event }).catch(() => {}),
    async fetch(url, sent) {
      const now = clock();
      // What cannot be written down is not sent, and nothing after it.
      await write({ t: "call", now, request: { method: sent.method, url, headers: sent.headers, body: sent.body } }).catch((error) => {
        throw (carried.trouble = troubleOf(error));
      });
      return world.fetch(() => now)(url, sent);
    },
  });
  go()
    .catch((error) => {
      if (!carried.stop.signal.aborted) throw error;
    })
    .then(() => own({ t: "ended", name, now: Date.now() }))
    .catch((error) => {
      carried.trouble = troubleOf(error);
      // It knows more than was written down.
      carried.job?.free();
      carried.job = null;
    })
    .finally(() => (carried.running = false));
}

function named(name: string): Carried {
  const carried = jobs.get(name);
  if (!carried) throw new Trouble({ message: `There is no replication ${name}.`, messageZh: `没有名为 ${name} 的任务。`, hint: "Look at the list.", hintZh: "请查看列表。" });
  return carried;
}

/** One whose journal cannot be read says so, and holds up no other. */
function changes(carried: Carried, since: number): Pick<Changes, "exitCode" | "counts" | "rows" | "seq"> {
  try {
    return jobOf(carried).changes(Date.now(), since);
  } catch (error) {
    carried.trouble ??= troubleOf(error);
    return { exitCode: 6, counts: {}, rows: [], seq: since };
  }
}

/** How it stands, with the rows that changed since then. */
function entry(carried: Carried, since: number): Entry & { rows: Row[]; seq: number } {
  const { exitCode, counts, rows, seq } = changes(carried, since);
  const clouds = [...new Set([...(carried.plan.copies ?? []), ...(carried.plan.exports ?? [])].map(({ cloud }) => cloud))] as Cloud[];
  const { name, createdMs, endedMs } = carried;
  return { name, by: "demo", clouds, createdMs, endedMs, state: endedMs === null ? "running" : "ended", exitCode, counts, trouble: carried.trouble?.told() ?? null, rows, seq };
}

const need = ({ exitCode, state, trouble }: Entry): number => (exitCode === 7 || trouble ? 0 : state === "ended" && exitCode !== 0 ? 1 : state === "ended" ? 3 : 2);

const METHODS: Record<string, (...given: any[]) => unknown> = {
  about: (): About => ({ caller: "demo", roles: ["read", "launch"], clouds: null }),
  list: () => [...jobs.values()].map((carried) => entry(carried, Number.MAX_SAFE_INTEGER)).map(({ rows: _, ...told }) => told).sort((a, b) => need(a) - need(b) || b.createdMs - a.createdMs),
  view: (name: string, since: number) => ({ ...entry(named(name), since), ahead: 0 }),
  events(name: string, since: string) {
    const { events } = named(name);
    return { events: events.slice(Number(since || 0)), next: String(events.length) };
  },
  async create(name: string, plan: Plan) {
    if (jobs.has(name)) throw new Trouble({ message: `There is a replication ${name} already.`, messageZh: `已有名为 ${name} 的任务。`, hint: "Give another name.", hintZh: "请换一个名称。" });
    new Job(plan, Date.now(), 7).free();
    await noted({ t: "plan", name, plan, now: Date.now() });
    carry(named(name));
  },
  async cancel(name: string) {
    const carried = named(name);
    carried.stop.abort();
    // What stands still winds nothing down.
    if (!carried.running) await noted({ t: "ended", name, now: Date.now() });
  },
  async resume(name: string) {
    const carried = named(name);
    carried.job?.free();
    carried.job = null;
    await noted({ t: "ended", name, now: null });
    carry(carried);
  },
  async resolve(name: string, { lane }: Row, imageId: string | null) {
    const carried = named(name);
    const job = jobOf(carried);
    job.resolve(Date.now(), lane, imageId);
    await noted({ t: "lines", name, lines: job.takeJournal() });
    if (!carried.running) await METHODS["resume"]!(name);
  },
  async remove(name: string) {
    const carried = named(name);
    if (carried.endedMs === null) throw new Trouble({ message: "It has not ended.", messageZh: "任务尚未结束。", hint: "Cancel it first.", hintZh: "请先取消。" });
    carried.job?.free();
    await noted({ t: "removed", name });
  },
  journal: (name: string) => named(name).journal,
  check: (plan: Plan) => check(plan),
  async survey(plan: Plan) {
    const job = Job.survey({ ...plan, policy: { ...QUICK, ...plan.policy } }, Date.now(), 7);
    const report = await run(job, World.keys(), { fetch: world.fetch(clock) });
    job.free();
    return report;
  },
  images(cloud: Cloud, region: string) {
    const images = world.images(clock()).filter((image) => image.cloud === cloud && image.region === region && image.ownership === "private" && image.phase !== "hidden");
    const state = { ready: "ready", pending: "pending", failed: "failed", hidden: "pending" } as const;
    return { next: null, images: images.map(({ id, name, phase, percent, origin, ownership }) => ({ id, name, state: state[phase], rawState: phase, percent, origin, ownership }) as Partial<Image>) };
  },
  async faults(chosen?: Record<string, number>) {
    if (chosen) {
      // A world has its faults from the beginning: the new one is empty.
      await METHODS["reset"]!();
      await write({ t: "world", now: Date.now(), faults: chosen }, true);
      begin(Date.now(), chosen);
    }
    return faults;
  },
  async reset() {
    for (const carried of jobs.values()) carried.stop.abort();
    jobs.clear();
    await clear();
    await write({ t: "world", now: Date.now(), faults });
    begin(Date.now(), faults);
    ready = Promise.resolve();
  },
};

let ready = open();

/** Answers a page; as a worker of all tabs, each page that connects. */
function serve(port: Pick<MessagePort, "onmessage" | "postMessage">): void {
  ports.push(port);
  if (isTaken) port.postMessage({ id: 0 });
  void ready.then(() => book || port.postMessage({ id: 0, news: "unkept" }), () => {});
  port.onmessage = async ({ data: { id, method, given } }) => {
    try {
      // What is kept and cannot be read stops everything but to begin anew.
      await (method === "reset" || given.length > 0 && method === "faults" ? ready.catch(() => {}) : ready);
      port.postMessage({ id, ok: await METHODS[method]!(...given) });
    } catch (error) {
      port.postMessage({ id, error: troubleOf(error).told() });
    }
  };
}
if ("onconnect" in globalThis) Object.assign(globalThis, { onconnect: ({ ports }: MessageEvent) => serve(ports[0]!) });
else serve(globalThis as never);

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("imgferry-demo", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("lines", { autoIncrement: true });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/** Writes a line; when there is no room, nothing more is done and the next step is told. */
function write(line: Line, anew = false): Promise<void> {
  if (isTaken) return Promise.reject(new Trouble({ message: "The demo goes on in another tab: nothing more is done here.", messageZh: "演示已在另一标签页继续，此页不再执行操作。", hint: "Reload the page.", hintZh: "请重新加载页面。" }));
  if (!book) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const change = book!.transaction("lines", "readwrite");
    if (anew) change.objectStore("lines").clear();
    change.objectStore("lines").add(line);
    change.oncomplete = () => resolve();
    change.onabort = change.onerror = () => {
      reject(new Trouble({
        message: "The browser's storage is full: nothing more is sent, what was written down is kept.", messageZh: "浏览器存储已满：不再发送请求，已写入的内容仍保留。",
        hint: "Free storage and resume, or begin anew in the settings.", hintZh: "请释放存储空间后恢复任务，或在设置中重新开始。",
      }));
    };
  });
}

function read(): Promise<Line[]> {
  if (!book) return Promise.resolve([]);
  return new Promise((resolve, reject) => {
    const asked = book!.transaction("lines").objectStore("lines").getAll();
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

function clear(): Promise<void> {
  if (!book) return Promise.resolve();
  return new Promise((resolve) => {
    const change = book!.transaction("lines", "readwrite");
    change.objectStore("lines").clear();
    change.oncomplete = change.onabort = () => resolve();
  });
}
