// What the files of the worker tell each other: configuration, bindings, and what the objects can be asked.
import type { Cloud, CloudSettings, Plan, Report, Row } from "imgferry";
import type { Outcome, Refusal } from "./refusal.js";

/** What the worker is configured with: variables of wrangler.toml, secrets and bindings. */
export interface Env {
  ACCOUNT: DurableObjectNamespace<AccountObject>;
  DIRECTORY: DurableObjectNamespace<DirectoryObject>;
  /** Requests of one caller. */
  RATE?: RateLimit;
  /** Origins of the pages that may call. */
  ORIGINS?: string[];
  /** Names of the accounts. */
  ACCOUNTS?: string[];
  LIMITS?: Partial<Limits>;
  CLOUDS?: { [cloud in Cloud]?: Reach };
  ALLOW?: Allowed[];
  /** Bearer tokens: JSON of {@link Token}s, a secret. */
  TOKENS?: string | Token[];
  /** Whose signed tokens are taken. */
  JWT?: Issuer;
  /** See `keys.ts`. */
  KEYS?: Fetcher | SecretsStoreSecret | string;
  KEYS_URL?: string;
  KEYS_TOKEN?: string;
}

export interface Limits {
  /** Replications that are kept. */
  jobs: number;
  /** Destinations of one plan. */
  copies: number;
  /** Bytes of a body. */
  body: number;
  /** Days after its end until a replication is deleted. */
  retention_days: number;
  /** Milliseconds after which a turn sends nothing new. */
  turn_ms: number;
}

/** How a cloud is reached: the settings that a plan may not choose, and the hosts that are sent anything. */
export interface Reach extends CloudSettings {
  hosts: string[];
  /** Tencent: id of the main account, which tags need. */
  uin?: string;
}

/** An entry of the allow-list. */
export interface Allowed {
  cloud: Cloud;
  operation: string;
  regions: string[];
  params: Record<string, string>;
}

export type Role = "read" | "launch" | "sign";

/** A bearer token, known by its digest only. */
export interface Token {
  /** Lower-case hex of SHA-256. */
  sha256: string;
  /** Whose it is, for logs. */
  name: string;
  roles: Role[];
}

/** Who signs JSON web tokens. */
export interface Issuer {
  issuer: string;
  audience: string;
  /** The keys: an address, or the set itself. */
  jwks: string | { keys: object[] };
  /** Asymmetric algorithms that are taken. */
  algorithms?: string[];
  /** The claim that holds the roles. */
  claim?: string;
}

/** The object of an account, as `account.ts` describes its methods. */
export interface AccountObject extends Rpc.DurableObjectBranded {
  begin(name: string, account: string, cloud: Cloud, plan: Plan, places: Places): Promise<Outcome<null>>;
  view(name: string, since: number, from: number, limit: number): Promise<Outcome<View | null>>;
  events(name: string, since: number, limit: number, waitMs?: number): Promise<{ lines: string[]; ended: boolean } | null>;
  journal(name: string, from: number): { lines: string; next: number | null };
  cancel(name: string): Promise<Outcome<null>>;
  resume(name: string): Promise<Outcome<null>>;
  resolve(name: string, lane: number, imageId: string | null): Promise<Outcome<null>>;
  ended(name: string): Promise<Outcome<null>>;
  purge(name: string): Promise<Outcome<null>>;
  survey(account: string, cloud: Cloud, plan: Plan, places: Places): Promise<Outcome<Report>>;
  counters(): [string, number][];
  wake(): Promise<void>;
}

/** The one directory, as `directory.ts` describes its methods. */
export interface DirectoryObject extends Rpc.DurableObjectBranded {
  claim(entry: Pick<Entry, "name" | "account" | "clouds" | "by">, digest: string, counts: Record<string, number>): Promise<Outcome<boolean>>;
  stands(name: string, cloud: string, told: Told): void;
  stalls(account: string, trouble: Refusal | null): void;
  hold(name: string): Promise<Outcome<Entry>>;
  release(name: string): void;
  find(name: string): Entry | null;
  list(state: string | null, from: number, limit: number): { jobs: Entry[]; next: number | null };
  purge(name: string): Promise<Outcome<null>>;
  tend(): Promise<void>;
}

/** Where the entries of a part stand in the whole plan. */
export interface Places {
  copies: number[];
  exports: number[];
}

/** How a part stands, as its account keeps it. */
export interface Standing {
  name: string;
  account: string;
  cloud: string;
  state: "queued" | "running" | "ended";
  turn: number;
  exitCode: number;
  counts: Record<string, number>;
  places: Places;
  begunMs: number;
  endedMs: number | null;
  /** Whether the directory knows how it stands. */
  told: boolean;
}

/** How a part stands, as it is told. */
export interface View {
  standing: Omit<Standing, "places">;
  ahead: number;
  rows: Row[];
  steps: Row[];
  extra: Report["extra"];
  /** Why it stands still, where it does. */
  trouble: Refusal | null;
  /** Give this as `since` the next time. */
  seq: number;
  /** Where the next page begins. */
  next: number | null;
}

/** A replication, as the directory lists it. */
export interface Entry {
  name: string;
  account: string;
  clouds: Cloud[];
  by: string;
  createdMs: number;
  endedMs: number | null;
  state: string;
  exitCode: number;
  counts: Record<string, number>;
  /** Why it stands still, where it does. */
  trouble: Refusal | null;
}

/** How a part stands, told to the directory. */
export interface Told {
  state: string;
  exitCode: number;
  counts: Record<string, number>;
  endedMs: number | null;
}
