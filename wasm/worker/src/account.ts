// An account of a cloud: the object that owns its rates. It carries one replication at a time, the others wait for their turn.
//
// What a replication knows is its journal, which is stored before a request leaves. It advances by alarm, one turn a time, and
// may be stopped at any moment.
import { DurableObject } from "cloudflare:workers";
import { ImgferryError, Job, whyLost } from "imgferry";
import type { Cloud, Event, Keyring, Lost, Plan, Report, Row, Step } from "imgferry";
import { hostAllowed } from "./allow.js";
import { limits, trust } from "./config.js";
import { Journals } from "./journal.js";
import { keyOf } from "./keys.js";
import { cause, log } from "./log.js";
import { placed } from "./partition.js";
import { keyless, outcome, refused, stalled, unknownJob } from "./refusal.js";
import type { Outcome, Refusal } from "./refusal.js";
import type { AccountObject, Env, Places, Standing, View } from "./types.js";

/** Requests of a turn: below what the platform gives an invocation. */
const MOST_REQUESTS = 400;
/** Connections that the platform gives an invocation at a time. */
const CONNECTIONS = 6;
/** A shorter wait is waited for, a longer one is an alarm. */
const SHORT_MS = 1000;
/** After a failure, the next alarm: doubled up to the last. The platform itself tries six times and then never again. */
const BACKOFF_MS = [250, 60_000] as const;
/** A journal is written anew when it has grown to so many times what it was, and is longer than this. */
const GROWTH = 4;
const SMALL = 2 ** 18;
/** Or lies in so many pieces. */
const PIECES = 32;
/** The longest that a survey may take, and how many may wait: whoever only reads does not keep replications from their turn. */
const SURVEY_MS = 90_000;
const SURVEYS = 4;

/** A row, and the number of the change that it was seen with. */
interface Seen {
  hash: number;
  seq: number;
}

export class Account extends DurableObject<Env> implements AccountObject {
  readonly #journals = new Journals(this.ctx.storage);
  readonly #jobs = new Map<string, Job>();
  readonly #seen = new Map<string, { atMs: number; forMs: number; rows: Seen[]; report: Report }>();
  readonly #lengths = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  #busy: Promise<unknown> = Promise.resolve();
  #failures = 0;
  /** Why the last turns failed. */
  #trouble: Refusal | null = null;
  /** What the directory heard of it last; nothing since this object came to life. */
  #heard: Refusal | null | undefined;
  #seq = 0;
  #surveys = 0;
  #inAlarm = false;

  /** Begins a part: once, however often it is told. */
  begin(name: string, account: string, cloud: Cloud, plan: Plan, places: Places): Promise<Outcome<null>> {
    return outcome(async () => {
      if (!this.#journals.standing(name)) {
        const policy = { ...plan.policy, concurrency: Math.min(Number(plan.policy?.["concurrency"] ?? CONNECTIONS) || 1, CONNECTIONS) };
        const job = new Job({ ...plan, policy }, Date.now(), crypto.getRandomValues(new Uint32Array(1))[0]!, trust(this.env));
        try {
          const { exitCode, counts } = job.report();
          const standing: Standing = { name, account, cloud, places, state: "queued", turn: this.#journals.lastTurn() + 1, exitCode, counts, begunMs: Date.now(), endedMs: null, told: false };
          this.ctx.storage.transactionSync(() => {
            this.#journals.append(name, job.takeJournal(), job.takeEvents());
            this.#journals.set(standing);
          });
        } finally {
          job.free();
        }
        log("begun", { replication: name, account, cloud });
      }
      await this.#arm(Date.now());
      return null;
    });
  }

  /** How a part stands: the rows that changed since then, a page of them. */
  view(name: string, since: number, from: number, limit: number): Promise<Outcome<View | null>> {
    return outcome(() => {
      const standing = this.#journals.standing(name);
      if (!standing) return null;
      const { places, ...told } = standing;
      const { rows, report } = this.#rows(name);
      // A point that lies ahead was given by a clock that was ahead, before this object came to life: all is told.
      const after = since > this.#seq ? 0 : since;
      const page: Row[] = [];
      let next: number | null = null;
      for (let lane = from; lane < rows.length; lane++) {
        if (rows[lane]!.seq <= after) continue;
        if (page.length === limit) {
          next = lane;
          break;
        }
        page.push(placed(report.rows[lane]!, places));
      }
      return { standing: told, ahead: standing.state === "queued" ? this.#journals.before(standing) : 0, rows: page, steps: report.steps.map((row) => placed(row, places)), extra: report.extra, trouble: standing.state === "ended" ? null : this.#trouble, seq: this.#seq, next };
    });
  }

  /** The rows, each with the number of its last change. Numbers are moments, so that they go on when memory is lost. */
  #rows(name: string): { rows: Seen[]; report: Report } {
    const last = this.#seen.get(name);
    const begun = Date.now();
    if (last && begun >= last.atMs && begun < last.atMs + last.forMs) return last;
    const report = this.#open(name).report();
    const seq = Math.max(this.#seq + 1, Date.now());
    const rows = report.rows.map((row, lane) => {
      const hash = hashOf(JSON.stringify(row));
      const before = last?.rows[lane];
      return before?.hash === hash ? before : { hash, seq };
    });
    if (rows.some((row) => row.seq === seq)) this.#seq = seq;
    // What takes long is not done again at once.
    const seen = { atMs: Date.now(), forMs: Math.max(200, 5 * (Date.now() - begun)), rows, report };
    this.#seen.set(name, seen);
    return seen;
  }

  /** The rows of before are not told beside what has come since. */
  #changed(name: string): void {
    const seen = this.#seen.get(name);
    if (seen) seen.forMs = 0;
  }

  /** Events behind that number, as lines of JSON; waits for the first for so long. */
  async events(name: string, since: number, limit: number, waitMs = 0): Promise<{ lines: string[]; ended: boolean } | null> {
    const until = Date.now() + waitMs;
    for (;;) {
      const standing = this.#journals.standing(name);
      if (!standing) return null;
      const lines = this.#journals.events(name, since, limit);
      const ended = standing.state === "ended";
      if (lines.length > 0 || ended || Date.now() >= until) return { lines, ended };
      await this.#next(until - Date.now());
    }
  }

  journal(name: string, from: number): { lines: string; next: number | null } {
    return this.#journals.piece(name, from);
  }

  /** Stops what is not launched. */
  cancel(name: string): Promise<Outcome<null>> {
    return outcome(async () => {
      if (this.#journals.standing(name)?.state === "ended") return null;
      this.#open(name).cancel(Date.now());
      this.#save(name);
      this.#changed(name);
      await this.#arm(Date.now());
      return null;
    });
  }

  /** Goes on with what was left: deadlines begin anew. */
  resume(name: string): Promise<Outcome<null>> {
    return outcome(async () => {
      const standing = this.#journals.standing(name);
      if (standing?.state !== "ended") return null;
      this.#forget(name);
      const { job } = Job.restore(this.#journals.read(name), Date.now(), trust(this.env));
      this.#jobs.set(name, job);
      this.#save(name);
      // By the lines of before, what has ended would stay so when the job is woken.
      this.#journals.replace(name, job.compact());
      await this.#again(standing);
      return null;
    });
  }

  /** A person's word on a launch of which nobody knows whether it took effect. */
  resolve(name: string, lane: number, imageId: string | null): Promise<Outcome<null>> {
    return outcome(async () => {
      const standing = this.#journals.standing(name);
      if (!standing) throw unknownJob(name);
      this.#open(name).resolve(Date.now(), lane, imageId);
      this.#save(name);
      await this.#again(standing);
      return null;
    });
  }

  async #again(standing: Standing): Promise<void> {
    this.#changed(standing.name);
    if (standing.state === "ended") this.#journals.set({ ...standing, state: "queued", turn: this.#journals.lastTurn() + 1, endedMs: null, told: false });
    await this.#arm(Date.now());
  }

  /** That a part may be deleted. */
  ended(name: string): Promise<Outcome<null>> {
    return outcome(() => this.#mustHaveEnded(name));
  }

  #mustHaveEnded(name: string): null {
    const standing = this.#journals.standing(name);
    if (standing && standing.state !== "ended") throw refused(409, "conflict", "job.running", ["it has not ended", "任务尚未结束"], ["cancel it, and delete it when it has ended", "请先取消，结束后再删除"]);
    return null;
  }

  /** Deletes a part that has ended: all that is known of it. */
  purge(name: string): Promise<Outcome<null>> {
    return outcome(() => {
      this.#mustHaveEnded(name);
      this.#forget(name);
      this.#journals.purge(name);
      return null;
    });
  }

  /** Only looks at what is there. It shares the account's rates with what is being carried: it waits for the end of the turn. */
  survey(account: string, cloud: Cloud, plan: Plan, places: Places): Promise<Outcome<Report>> {
    return outcome(() => {
      if (this.#surveys >= SURVEYS) throw refused(429, "throttled", "survey.busy", [`${SURVEYS} surveys of this account are under way`, `该账号已有 ${SURVEYS} 个查询在进行`], ["look again in a minute", "请一分钟后重试"]);
      this.#surveys++;
      return this.#alone(async () => {
        const job = Job.survey({ ...plan, policy: { ...plan.policy, concurrency: CONNECTIONS } }, Date.now(), 1, trust(this.env));
        try {
          const until = Date.now() + SURVEY_MS;
          let last: Event["error"];
          const heard = (events: Event[]): Event[] => ((last = events.findLast(({ error }) => error)?.error ?? last), events);
          const resume = await this.#drive(job, account, cloud, until, SURVEY_MS, () => heard(job.takeEvents()));
          if (resume !== undefined && last) throw refused(504, last.kind, "survey.slow", [`the survey took too long: ${last.message}`, `查询用时过长：“${last.message}”`], ["look again in a minute; nothing was launched", "请一分钟后重试，未发起任何操作"]);
          if (resume !== undefined) throw refused(504, "server", "survey.slow", ["the survey took too long", "查询用时过长"], ["survey fewer destinations at a time", "请减少一次查询的目标数"]);
          const report = job.report();
          return { ...report, rows: report.rows.map((row) => placed(row, places)), steps: report.steps.map((row) => placed(row, places)) };
        } finally {
          job.free();
        }
      }).finally(() => this.#surveys--);
    });
  }

  counters(): [string, number][] {
    return this.#journals.counters();
  }

  /** Sees to it that there is an alarm where there is something to do: whoever lost it gets it back. */
  async wake(): Promise<void> {
    if (!this.#inAlarm && (this.#journals.next() || this.#journals.untold().length > 0) && (await this.ctx.storage.getAlarm()) === null) {
      log("rearmed", {});
      await this.ctx.storage.setAlarm(Date.now());
    }
  }

  /** One turn. Whatever fails is tried again by an alarm of our own, by a job that knows what is stored and no more. */
  override async alarm(): Promise<void> {
    this.#inAlarm = true;
    try {
      const next = await this.#alone(() => this.#turn());
      this.#failures = 0;
      if (next !== undefined) await this.ctx.storage.setAlarm(next);
      await this.#stalls(null);
    } catch (error) {
      log("turn failed", { cause: cause(error), failures: ++this.#failures });
      for (const name of [...this.#jobs.keys()]) this.#forget(name);
      const wait = Math.min(BACKOFF_MS[0] * 2 ** this.#failures, BACKOFF_MS[1]);
      // Where even this fails, the platform tries again; when it has given up, the schedule wakes us.
      await this.ctx.storage.setAlarm(Date.now() + wait);
      // One failure is mended before anybody could do anything about it.
      if (this.#failures > 1) await this.#stalls(stalled(error));
    } finally {
      this.#inAlarm = false;
    }
  }

  /** What is done by one at a time. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#busy.then(work, work);
    this.#busy = mine.catch(() => {});
    return mine;
  }

  /** Carries the one whose turn it is; says when to go on. */
  async #turn(): Promise<number | undefined> {
    const standing = this.#journals.next();
    if (!standing) return (await this.#tell()) ? undefined : Date.now() + BACKOFF_MS[1];
    const { name, account, cloud } = standing;
    if (standing.state !== "running") this.#journals.set({ ...standing, state: "running", told: false });
    const job = this.#taken(standing);
    this.#journals.count("turns");
    const turnMs = limits(this.env).turn_ms;
    const resume = await this.#drive(job, account, cloud as Cloud, Date.now() + turnMs, SHORT_MS, () => this.#save(name));
    this.#compact(name, job);
    const { exitCode, counts } = job.report();
    const now = this.#journals.standing(name);
    if (!now) return Date.now();
    const changed = JSON.stringify(counts) !== JSON.stringify(now.counts) || resume === undefined;
    const ended = resume === undefined ? { state: "ended" as const, endedMs: Date.now() } : {};
    this.#journals.set({ ...now, exitCode, counts, ...ended, told: now.told && !changed });
    if (resume === undefined) {
      log("ended", { replication: name, account, cloud, exitCode });
      this.#changed(name);
      this.#notify();
    }
    await this.#tell();
    return resume ?? Date.now();
  }

  /**
   * Moves the bytes of a job until it waits for longer than `patienceMs`, or the turn is over: says when to go on, nothing when the
   * job is done. `save` stores what is new before a request leaves, and says what happened.
   */
  async #drive(job: Job, account: string, cloud: Cloud, until: number, patienceMs: number, save: () => Event[]): Promise<number | undefined> {
    const underway = new Set<Promise<void>>();
    const isRefused = (): boolean => save().some(({ event }) => event === "credentials");
    let sent = 0;
    let fresh = isRefused();
    try {
      while (Date.now() < until && sent < MOST_REQUESTS) {
        let keys: Keyring;
        // A key that was refused meanwhile is asked for once more, before the job gives up.
        do keys = await keyOf(this.env, account, cloud, fresh);
        while ((fresh = isRefused()));
        // Without a key lanes would fail: the turn does, and is tried again until there is one.
        if (!keys[cloud]) throw keyless(cloud, account);
        const step = job.poll(Date.now(), keys);
        fresh = isRefused();
        if (step.type === "done") return undefined;
        if (step.type === "send") {
          // Nothing leaves before what announces it is on disk.
          await this.ctx.storage.sync();
          sent++;
          const exchange = this.#exchange(job, cloud, step).finally(() => underway.delete(exchange));
          underway.add(exchange);
          continue;
        }
        const wait = step.untilMs - Date.now();
        if (underway.size === 0 && wait > patienceMs) return step.untilMs;
        if (underway.size === 0 && wait > until - Date.now()) return step.untilMs;
        await Promise.race([...underway, sleep(Math.max(0, Math.min(wait, until - Date.now())))]);
      }
    } finally {
      await Promise.all(underway);
    }
    save();
    return Date.now();
  }

  /** Sends a request and tells what came of it. */
  async #exchange(job: Job, cloud: Cloud, { id, request: { method, url, headers, body }, timeoutMs }: Step & { type: "send" }): Promise<void> {
    const lost = (why: Lost, told: string): void => {
      this.#journals.count(why);
      // A job that was dropped meanwhile refuses this: what its journal says goes.
      try {
        job.lost(Date.now(), id, why, told);
      } catch (dropped) {
        log("dropped", { cloud, cause: cause(dropped) });
      }
    };
    if (!hostAllowed(this.env, cloud, url)) {
      const { host } = new URL(url);
      log("blocked", { cloud, host });
      return lost("blocked", `the host ${host} is not on the list of the worker`);
    }
    let answers = false;
    try {
      const response = await fetch(url, { method, headers, body: body || undefined, redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
      answers = true;
      const text = await response.text();
      const never = unreached(response, text);
      if (never) return lost(...never);
      this.#journals.count(`answers_${Math.trunc(response.status / 100)}xx`);
      job.answer(Date.now(), id, { status: response.status, headers: response.headers, body: text });
    } catch (error) {
      const { why, cause } = whyLost(error);
      lost(answers ? "unanswered" : why, cause);
    }
  }

  /** The job of a part, woken from its journal when it is not in memory. */
  #open(name: string): Job {
    let job = this.#jobs.get(name);
    if (!job) {
      const journal = this.#journals.read(name);
      if (!journal) throw unknownJob(name);
      // Memory is for the one that is carried and the one that is looked at.
      const carried = this.#journals.next()?.name;
      for (const other of [...this.#jobs.keys()]) if (other !== carried) this.#forget(other);
      job = Job.wake(journal, Date.now(), trust(this.env)).job;
      this.#jobs.set(name, job);
    }
    return job;
  }

  /** The job of the one whose turn it is. A journal that cannot be read, such as a newer version's, holds up no other: its turn comes last. */
  #taken(standing: Standing): Job {
    try {
      return this.#open(standing.name);
    } catch (error) {
      if (error instanceof ImgferryError) this.#journals.set({ ...standing, turn: this.#journals.lastTurn() + 1 });
      throw error;
    }
  }

  /** Stores what is new. A job of which it was not stored knows too much: it is dropped. */
  #save(name: string): Event[] {
    const job = this.#jobs.get(name);
    if (!job) throw new Error("the job was dropped");
    const events = job.takeEvents();
    try {
      this.#journals.append(name, job.takeJournal(), events);
    } catch (error) {
      this.#forget(name);
      throw error;
    }
    if (events.length > 0) this.#notify();
    return events;
  }

  #compact(name: string, job: Job): void {
    const { pieces, length } = this.#journals.size(name);
    if ((length < SMALL && pieces < PIECES) || length < GROWTH * (this.#lengths.get(name) ?? 0)) return;
    const journal = job.compact();
    this.#journals.replace(name, journal);
    this.#lengths.set(name, journal.length);
    this.#journals.count("compactions");
  }

  #forget(name: string): void {
    this.#jobs.get(name)?.free();
    this.#jobs.delete(name);
    if (this.#journals.standing(name)?.state === "ended") this.#seen.delete(name);
  }

  /** Tells the directory how the parts stand; whether all was told. */
  async #tell(): Promise<boolean> {
    try {
      for (const standing of this.#journals.untold()) {
        const { name, cloud, state, exitCode, counts, endedMs } = standing;
        await this.#directory().stands(name, cloud, { state, exitCode, counts, endedMs });
        const now = this.#journals.standing(name);
        if (now && JSON.stringify(now) === JSON.stringify(standing)) this.#journals.set({ ...now, told: true });
      }
      return true;
    } catch (error) {
      log("untold", { cause: cause(error) });
      return false;
    }
  }

  /** The account stands still for that reason, or goes on; the directory lists it so. What it does not hear is said by the next turn. */
  async #stalls(trouble: Refusal | null): Promise<void> {
    this.#trouble = trouble;
    if (JSON.stringify(trouble) === JSON.stringify(this.#heard)) return;
    try {
      const any = this.#journals.any();
      if (!any) return;
      await this.#directory().stalls(`${any.cloud}/${any.account}`, trouble);
      this.#heard = trouble;
    } catch (error) {
      log("untold", { cause: cause(error) });
    }
  }

  #directory() {
    return this.env.DIRECTORY.get(this.env.DIRECTORY.idFromName("directory"));
  }

  /** Waits for the next event, for so long; leaves neither timer nor waiter behind. */
  async #next(ms: number): Promise<void> {
    let [wake, timer]: [() => void, unknown] = [() => {}, 0];
    await new Promise<void>((resolve) => {
      wake = resolve;
      timer = setTimeout(resolve, ms);
      this.#waiting.add(resolve);
    });
    clearTimeout(timer as number);
    this.#waiting.delete(wake);
  }

  #notify(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  async #arm(at: number): Promise<void> {
    const set = await this.ctx.storage.getAlarm();
    if (set === null || set > at) await this.ctx.storage.setAlarm(at);
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What the platform itself answers when it came to no server: the request was not sent. With 520, 522 and 524 it may have been. */
const UNREACHED: Record<number, [why: Lost, told: string]> = {
  521: ["unsent", "the host refused the connection (521)"],
  523: ["unsent", "the host cannot be reached (523)"],
  525: ["unsent", "the TLS handshake with the host failed (525)"],
  526: ["blocked", "the certificate of the host is not trusted (526)"],
  530: ["unsent", "the name of the host cannot be resolved (530, 1016)"],
};

function unreached({ status, headers }: Response, text: string): [why: Lost, told: string] | undefined {
  const code = headers.get("server") === "cloudflare" ? /^error code: (\d+)\s*$/.exec(text)?.[1] : undefined;
  return code === (status === 530 ? "1016" : String(status)) ? UNREACHED[status] : undefined;
}

/** 53 bits of a text: enough to see that a row has changed. */
function hashOf(text: string): number {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}
