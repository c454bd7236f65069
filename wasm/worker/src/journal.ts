// What an account's object keeps of its parts: journals, events and how they stand, in the object's own SQLite.
import type { Event } from "imgferry";
import type { Standing } from "./types.js";

/** Characters of a piece of a journal: what a row takes, with room. */
const PIECE = 2 ** 18;
/** Events of a part that are kept. */
const KEPT_EVENTS = 100_000;

export class Journals {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    storage.sql.exec(`
      CREATE TABLE IF NOT EXISTS part (name TEXT PRIMARY KEY, turn INTEGER, state TEXT, told INTEGER, standing TEXT);
      CREATE TABLE IF NOT EXISTS journal (name TEXT, seq INTEGER, lines TEXT, PRIMARY KEY (name, seq)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS event (name TEXT, seq INTEGER, line TEXT, PRIMARY KEY (name, seq)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
    `);
  }

  standing(name: string): Standing | undefined {
    return this.#standings("WHERE name = ?", name)[0];
  }

  /** The one whose turn it is. */
  next(): Standing | undefined {
    return this.#standings("WHERE state <> 'ended' ORDER BY turn LIMIT 1")[0];
  }

  /** Any of them: all are of one cloud and one account. */
  any(): Standing | undefined {
    return this.#standings("LIMIT 1")[0];
  }

  /** Those of which the directory has not heard. */
  untold(): Standing[] {
    return this.#standings("WHERE told = 0 LIMIT 100");
  }

  /** Those that are before it. */
  before({ turn }: Standing): number {
    return this.#storage.sql.exec("SELECT count(*) AS n FROM part WHERE state <> 'ended' AND turn < ?", turn).one()["n"] as number;
  }

  #standings(where: string, ...values: unknown[]): Standing[] {
    return this.#storage.sql.exec(`SELECT standing FROM part ${where}`, ...values).toArray().map((row) => JSON.parse(row["standing"] as string));
  }

  lastTurn(): number {
    return (this.#storage.sql.exec("SELECT max(turn) AS turn FROM part").one()["turn"] as number | null) ?? 0;
  }

  set(standing: Standing): void {
    const { name, turn, state, told } = standing;
    this.#storage.sql.exec("INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, ?)", name, turn, state, told ? 1 : 0, JSON.stringify(standing));
  }

  /** Appends what is new, all of it or nothing. */
  append(name: string, lines: string, events: readonly Event[]): void {
    if (!lines && events.length === 0) return;
    this.#storage.transactionSync(() => {
      this.#pieces(name, this.#last("journal", name) + 1, lines);
      let seq = this.#last("event", name);
      // The numbers of a job would begin anew: those of the storage go on.
      for (const event of events) this.#storage.sql.exec("INSERT INTO event VALUES (?, ?, ?)", name, ++seq, JSON.stringify(Object.assign({ seq }, event, { seq })));
      if (events.length > 0) this.#storage.sql.exec("DELETE FROM event WHERE name = ? AND seq <= ?", name, seq - KEPT_EVENTS);
    });
  }

  /** Puts a journal in the place of what was stored of it. */
  replace(name: string, journal: string): void {
    this.#storage.transactionSync(() => {
      this.#storage.sql.exec("DELETE FROM journal WHERE name = ?", name);
      this.#pieces(name, 1, journal);
    });
  }

  #pieces(name: string, first: number, lines: string): void {
    let seq = first;
    for (let at = 0; at < lines.length; ) {
      let end = Math.min(at + PIECE, lines.length);
      // Never between the halves of a character.
      if (end < lines.length && (lines.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--;
      this.#storage.sql.exec("INSERT INTO journal VALUES (?, ?, ?)", name, seq++, lines.slice(at, end));
      at = end;
    }
  }

  #last(table: "journal" | "event", name: string): number {
    return (this.#storage.sql.exec(`SELECT max(seq) AS seq FROM ${table} WHERE name = ?`, name).one()["seq"] as number | null) ?? 0;
  }

  /** All that is stored of a journal. */
  read(name: string): string {
    return this.#storage.sql.exec("SELECT lines FROM journal WHERE name = ? ORDER BY seq", name).toArray().map((row) => row["lines"] as string).join("");
  }

  /** A part of a journal, from that piece on, and the piece that follows. */
  piece(name: string, from: number): { lines: string; next: number | null } {
    const [row, more] = this.#storage.sql.exec("SELECT seq, lines FROM journal WHERE name = ? AND seq >= ? ORDER BY seq LIMIT 2", name, from).toArray();
    return { lines: (row?.["lines"] as string | undefined) ?? "", next: (more?.["seq"] as number | undefined) ?? null };
  }

  /** Pieces and characters of a journal. */
  size(name: string): { pieces: number; length: number } {
    const { pieces, length } = this.#storage.sql.exec("SELECT count(*) AS pieces, coalesce(sum(length(lines)), 0) AS length FROM journal WHERE name = ?", name).one();
    return { pieces: pieces as number, length: length as number };
  }

  /** Events behind that number. One that no event has had yet is of a replication that had the name before: all are told. */
  events(name: string, since: number, limit: number): string[] {
    if (since > this.#last("event", name)) since = 0;
    return this.#storage.sql.exec("SELECT line FROM event WHERE name = ? AND seq > ? ORDER BY seq LIMIT ?", name, since, limit).toArray().map((row) => row["line"] as string);
  }

  purge(name: string): void {
    this.#storage.transactionSync(() => {
      for (const table of ["part", "journal", "event"]) this.#storage.sql.exec(`DELETE FROM ${table} WHERE name = ?`, name);
    });
  }

  count(name: string, by = 1): void {
    this.#storage.sql.exec("INSERT INTO counter VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value", name, by);
  }

  counters(): [string, number][] {
    return this.#storage.sql.exec("SELECT name, value FROM counter ORDER BY name").toArray().map((row) => [row["name"] as string, row["value"] as number]);
  }
}
