// The directory: the names of all replications, who began them, and how they stand as far as their accounts have told.
import { DurableObject } from "cloudflare:workers";
import type { Cloud } from "imgferry";
import { limits } from "./config.js";
import { cause, log } from "./log.js";
import { together } from "./partition.js";
import { granted, outcome, refused } from "./refusal.js";
import type { Outcome } from "./refusal.js";
import type { DirectoryObject, Entry, Env, Told } from "./types.js";

/** Who is told first: those that need a person, then those that run. */
const NEED = "CASE WHEN exit = 7 THEN 0 WHEN ended IS NOT NULL AND exit IN (3, 4, 5, 6) THEN 1 WHEN ended IS NULL THEN 2 ELSE 3 END";

export class Directory extends DurableObject<Env> implements DirectoryObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(`
      CREATE TABLE IF NOT EXISTS job (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, digest TEXT, account TEXT, clouds TEXT, by TEXT,
        created INTEGER, ended INTEGER, state TEXT, exit INTEGER, counts TEXT);
      CREATE TABLE IF NOT EXISTS part (name TEXT, cloud TEXT, told TEXT, PRIMARY KEY (name, cloud)) WITHOUT ROWID;
    `);
  }

  /** Takes the name for that plan; says whether it is new. */
  claim(entry: Pick<Entry, "name" | "account" | "clouds" | "by">, digest: string, counts: Record<string, number>): Promise<Outcome<boolean>> {
    return outcome(() => {
      const { name, account, clouds, by } = entry;
      const known = this.#row(name);
      if (known) {
        if (known["digest"] === digest) return false;
        throw refused(409, "conflict", "job.name", `another plan has the name ${name}`, "give another name, or delete that one when it has ended", "请换一个名称，或在其结束后删除");
      }
      const most = limits(this.env).jobs;
      if ((this.ctx.storage.sql.exec("SELECT count(*) AS n FROM job").one()["n"] as number) >= most) {
        throw refused(429, "quota", "jobs.most", `the worker keeps ${most} replications at most`, "delete some that have ended", "请删除一些已结束的任务");
      }
      this.ctx.storage.sql.exec(
        "INSERT INTO job (name, digest, account, clouds, by, created, state, exit, counts) VALUES (?, ?, ?, ?, ?, ?, 'queued', 6, ?)",
        name, digest, account, JSON.stringify(clouds), by, Date.now(), JSON.stringify(counts),
      );
      return true;
    });
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

  find(name: string): Entry | null {
    const row = this.#row(name);
    return row ? entryOf(row) : null;
  }

  /** A page: those that need a person first, the newest of each first. */
  list(state: string | null, from: number, limit: number): { jobs: Entry[]; next: number | null } {
    const rows = this.ctx.storage.sql.exec(`SELECT * FROM job WHERE ?1 IS NULL OR state = ?1 ORDER BY ${NEED}, id DESC LIMIT ?2 OFFSET ?3`, state, limit + 1, from).toArray();
    return { jobs: rows.slice(0, limit).map(entryOf), next: rows.length > limit ? from + limit : null };
  }

  remove(name: string): void {
    this.ctx.storage.sql.exec("DELETE FROM job WHERE name = ?", name);
    this.ctx.storage.sql.exec("DELETE FROM part WHERE name = ?", name);
  }

  /** Wakes the accounts of what has not ended, and deletes what ended long ago. */
  async tend(): Promise<void> {
    const days = limits(this.env).retention_days;
    const old = this.ctx.storage.sql.exec("SELECT * FROM job WHERE ended < ? LIMIT 100", Date.now() - days * 86_400_000).toArray().map(entryOf);
    for (const { name, account, clouds } of old) {
      // One that goes on, of which we have not heard yet, is kept; and one that cannot be deleted keeps none from it.
      try {
        for (const cloud of clouds) granted(await this.#account(cloud, account).purge(name));
        this.remove(name);
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
    return this.ctx.storage.sql.exec("SELECT * FROM job WHERE name = ?", name).toArray()[0];
  }
}

function entryOf(row: Record<string, SqlStorageValue>): Entry {
  const { name, account, clouds, by, created, ended, state, exit, counts } = row;
  return {
    name: name as string, account: account as string, clouds: JSON.parse(clouds as string), by: by as string, createdMs: created as number,
    endedMs: ended as number | null, state: state as string, exitCode: exit as number, counts: JSON.parse(counts as string),
  };
}
