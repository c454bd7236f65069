// The directory: the names of all replications, who began them, and how they stand as far as their accounts have told.
import { DurableObject } from "cloudflare:workers";
import type { Cloud } from "imgferry";
import { limits } from "./config.js";
import { cause, log } from "./log.js";
import { together } from "./partition.js";
import { granted, outcome, refused, unknownJob } from "./refusal.js";
import type { Outcome, Refusal } from "./refusal.js";
import type { DirectoryObject, Entry, Env, Told } from "./types.js";

/** Replications, each with why one of its accounts stands still while it has not ended. */
const JOBS = `SELECT *, CASE WHEN ended IS NULL THEN
  (SELECT trouble FROM stall, json_each(job.clouds) AS cloud WHERE stall.account = cloud.value || '/' || job.account LIMIT 1) END AS trouble FROM job`;

/** Who is told first: those that need a person, or whose account stands still, then those that run. */
const NEED = "CASE WHEN exit = 7 OR trouble IS NOT NULL THEN 0 WHEN ended IS NOT NULL AND exit IN (3, 4, 5, 6) THEN 1 WHEN ended IS NULL THEN 2 ELSE 3 END";

/** Whoever holds a name and never comes back holds it no longer than this. */
const HELD_MS = 60_000;

export class Directory extends DurableObject<Env> implements DirectoryObject {
  /** Names with which something is being done in the accounts, how often and until when; and those that are being deleted. */
  readonly #held = new Map<string, { times: number; until: number }>();
  readonly #leaving = new Set<string>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(`
      CREATE TABLE IF NOT EXISTS job (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, digest TEXT, account TEXT, clouds TEXT, by TEXT,
        created INTEGER, ended INTEGER, state TEXT, exit INTEGER, counts TEXT);
      CREATE TABLE IF NOT EXISTS part (name TEXT, cloud TEXT, told TEXT, PRIMARY KEY (name, cloud)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS stall (account TEXT PRIMARY KEY, trouble TEXT) WITHOUT ROWID;
    `);
  }

  /** Takes the name for that plan, and holds it until its parts are begun; says whether it is new. */
  claim(entry: Pick<Entry, "name" | "account" | "clouds" | "by">, digest: string, counts: Record<string, number>): Promise<Outcome<boolean>> {
    return outcome(() => {
      const { name, account, clouds, by } = entry;
      const known = this.#row(name);
      if (known) {
        if (known["digest"] === digest) {
          this.#hold(name);
          return false;
        }
        throw refused(409, "conflict", "job.name", [`another plan has the name ${name}`, `名称 ${name} 已被另一个计划使用`], ["give another name, or delete that one when it has ended", "请换一个名称，或在其结束后删除"]);
      }
      const most = limits(this.env).jobs;
      if ((this.ctx.storage.sql.exec("SELECT count(*) AS n FROM job").one()["n"] as number) >= most) {
        throw refused(429, "quota", "jobs.most", [`the worker keeps ${most} replications at most`, `worker 最多保留 ${most} 个任务`], ["delete some that have ended", "请删除一些已结束的任务"]);
      }
      this.ctx.storage.sql.exec(
        "INSERT INTO job (name, digest, account, clouds, by, created, state, exit, counts) VALUES (?, ?, ?, ?, ?, ?, 'queued', 6, ?)",
        name, digest, account, JSON.stringify(clouds), by, Date.now(), JSON.stringify(counts),
      );
      this.#hold(name);
      return true;
    });
  }

  /** Nothing that is held is deleted: neither between the parts of a plan that begin, nor beneath whoever resumes it. */
  hold(name: string): Promise<Outcome<Entry>> {
    return outcome(() => {
      const entry = this.find(name);
      if (!entry) throw unknownJob(name);
      this.#hold(name);
      return entry;
    });
  }

  #hold(name: string): void {
    if (this.#leaving.has(name)) throw refused(409, "conflict", "job.leaving", [`${name} is being deleted`, `${name} 正在删除`], ["send it again in a moment", "请稍后重试"]);
    this.#held.set(name, { times: (this.#held.get(name)?.times ?? 0) + 1, until: Date.now() + HELD_MS });
  }

  release(name: string): void {
    const held = this.#held.get(name);
    if (held && --held.times === 0) this.#held.delete(name);
  }

  /** How a part stands now. */
  stands(name: string, cloud: string, told: Told): void {
    const row = this.#row(name);
    if (!row) return;
    this.ctx.storage.sql.exec("INSERT OR REPLACE INTO part VALUES (?, ?, ?)", name, cloud, JSON.stringify(told));
    const parts = this.ctx.storage.sql.exec("SELECT told FROM part WHERE name = ?", name).toArray().map((part) => JSON.parse(part["told"] as string) as Told);
    if (parts.length < (JSON.parse(row["clouds"] as string) as string[]).length) return;
    const { state, exitCode, counts } = together(parts);
    const ended = state === "ended" ? Math.max(...parts.map((part) => part.endedMs ?? 0)) : null;
    this.ctx.storage.sql.exec("UPDATE job SET state = ?, exit = ?, counts = ?, ended = ? WHERE name = ?", state, exitCode, JSON.stringify(counts), ended, name);
  }

  /** Why an account, `cloud/account`, stands still; null where it goes on. */
  stalls(account: string, trouble: Refusal | null): void {
    if (trouble) this.ctx.storage.sql.exec("INSERT OR REPLACE INTO stall VALUES (?, ?)", account, JSON.stringify(trouble));
    else this.ctx.storage.sql.exec("DELETE FROM stall WHERE account = ?", account);
  }

  find(name: string): Entry | null {
    const row = this.#row(name);
    return row ? entryOf(row) : null;
  }

  /** A page: those that need a person first, the newest of each first. */
  list(state: string | null, from: number, limit: number): { jobs: Entry[]; next: number | null } {
    const rows = this.ctx.storage.sql.exec(`${JOBS} WHERE ?1 IS NULL OR state = ?1 ORDER BY ${NEED}, id DESC LIMIT ?2 OFFSET ?3`, state, limit + 1, from).toArray();
    return { jobs: rows.slice(0, limit).map(entryOf), next: rows.length > limit ? from + limit : null };
  }

  /** Deletes a replication whose every part has ended; or nothing of it. */
  purge(name: string): Promise<Outcome<null>> {
    return outcome(async () => {
      const entry = this.find(name);
      if (!entry) throw unknownJob(name);
      if (this.#leaving.has(name) || (this.#held.get(name)?.until ?? 0) > Date.now()) throw refused(409, "conflict", "job.held", [`something is being done with ${name}`, `${name} 正有操作在进行`], ["send it again in a moment", "请稍后重试"]);
      this.#leaving.add(name);
      try {
        const accounts = entry.clouds.map((cloud) => this.#account(cloud, entry.account));
        for (const account of accounts) granted(await account.ended(name));
        for (const account of accounts) granted(await account.purge(name));
        this.#remove(name);
      } finally {
        this.#leaving.delete(name);
      }
      return null;
    });
  }

  #remove(name: string): void {
    this.ctx.storage.sql.exec("DELETE FROM job WHERE name = ?", name);
    this.ctx.storage.sql.exec("DELETE FROM part WHERE name = ?", name);
  }

  /** Wakes the accounts of what has not ended, and deletes what ended long ago. */
  async tend(): Promise<void> {
    const days = limits(this.env).retention_days;
    const old = this.ctx.storage.sql.exec(`${JOBS} WHERE ended < ? LIMIT 100`, Date.now() - days * 86_400_000).toArray().map(entryOf);
    for (const { name } of old) {
      // One that goes on, of which we have not heard yet, is kept; and one that cannot be deleted keeps none from it.
      try {
        granted(await this.purge(name));
        log("expired", { replication: name });
      } catch (error) {
        log("kept", { replication: name, cause: cause(error) });
      }
    }
    const open = this.ctx.storage.sql.exec("SELECT DISTINCT account, clouds FROM job WHERE ended IS NULL").toArray();
    const accounts = new Set(open.flatMap((row) => (JSON.parse(row["clouds"] as string) as Cloud[]).map((cloud) => `${cloud}/${row["account"]}`)));
    for (const account of accounts) await this.env.ACCOUNT.get(this.env.ACCOUNT.idFromName(account)).wake();
  }

  #account(cloud: string, account: string) {
    return this.env.ACCOUNT.get(this.env.ACCOUNT.idFromName(`${cloud}/${account}`));
  }

  #row(name: string): Record<string, SqlStorageValue> | undefined {
    return this.ctx.storage.sql.exec(`${JOBS} WHERE name = ?`, name).toArray()[0];
  }
}

function entryOf(row: Record<string, SqlStorageValue>): Entry {
  const { name, account, clouds, by, created, ended, state, exit, counts, trouble } = row;
  return {
    name: name as string, account: account as string, clouds: JSON.parse(clouds as string), by: by as string, createdMs: created as number,
    endedMs: ended as number | null, state: state as string, exitCode: exit as number, counts: JSON.parse(counts as string), trouble: JSON.parse((trouble ?? "null") as string),
  };
}
