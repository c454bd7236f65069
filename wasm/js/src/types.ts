import type { Cloud, Effect, EventKind, Kind, LaneState, Language, Owner, Ownership, Place, Purpose, RegionClass, Retry, Severity, SignHost, Site, State, TaskState, Without } from "./params/words.js";

export type { After, Chain, CloudSettings, Copy, Duration, Export, Plan, Policy, Target, Template } from "./params/plan.js";
export type { Cloud, EventKind, Kind, LaneState, Retry };

export type HeaderPairs = [name: string, value: string][];
/** Headers as an object, or as pairs when a name may come twice; a `Headers` or a `Map` will do. */
export type Headers = Readonly<Record<string, string>> | Iterable<readonly [string, string] | readonly string[]>;
/** A body: text, or bytes where it is no text. */
export type Body = string | Uint8Array;

/**
 * The WebAssembly module: compiled, as bytes, as a response of `fetch`, or as a URL to fetch it from.
 * `initSync` takes the first two.
 */
export type Source = object | string;

/** An access key. The secret goes into the module for the one call and is wiped there. */
export interface Credentials {
  /** Access key id: not a secret. */
  id: string;
  secret: string;
  /** Session token of a temporary key. */
  token?: string | null;
}

/** The public half of credentials. */
export interface Identity {
  id: string;
  token?: string | null;
}

/** Access keys by cloud. */
export type Keyring = { readonly [cloud in Cloud]?: Credentials };

/** A request that wants a signature. */
export interface ToSign {
  method: string;
  /** Absolute URL; path and query already percent-encoded. */
  url: string;
  /** Taken as they are; `host`, the date, the token and what else the scheme needs are added when missing. */
  headers?: Headers;
  body?: Body;
  /** The moment of sending, in milliseconds since 1970. */
  timeMs: number;
  /** Region in the scope. */
  region?: string;
  /** Service in the scope. */
  service?: string;
}

/** Ways to sign that differ from the default. */
export interface SignOptions {
  /** Exactly these headers; without it, the least that the scheme needs. */
  signedHeaders?: readonly string[];
  /** Leave the body out of the signature (Tencent, Huawei). */
  unsignedPayload?: boolean;
  /** Put the signature into the query (Volcengine). */
  presign?: boolean;
  /** Seconds for which a presigned URL is good. */
  expiresS?: number;
  /** The derived form V11-HMAC-SHA256 (Huawei). */
  derived?: boolean;
}

/** A signed request, with every intermediate. */
export interface Signed {
  /** The URL to send. */
  url: string;
  /** All headers to send, `Authorization` included unless presigned. `fetch` sets `host` itself. */
  headers: HeaderPairs;
  /** Names of the signed headers, joined by `;`. */
  signedHeaders: string;
  /** Holds the session token where the scheme signs it. */
  canonicalRequest: string;
  stringToSign: string;
  /** Lower-case hex. */
  signature: string;
  /** The value of the `Authorization` header; empty when presigned. */
  authorization: string;
}

/**
 * All of a signature but the secret's part; plain data, so that {@link Signing.finish} may happen elsewhere: as JSON when the
 * body is text, by `structuredClone` or `postMessage` when it is bytes.
 */
export interface Prepared {
  /** What it was prepared from. */
  from: { cloud: Cloud; request: ToSign; identity: Identity; options: SignOptions };
  url: string;
  headers: HeaderPairs;
  signedHeaders: string;
  canonicalRequest: string;
  stringToSign: string;
}

/** A request as it arrived at a server. */
export interface Received {
  method: string;
  /** Target of the request line: path and query, or an absolute URL. */
  url: string;
  headers: Headers;
  body?: Body;
}

/** What a signature must be good for, beyond what the scheme asks. */
export interface Expect {
  region?: string;
  service?: string;
  /** Headers that must be signed, lower case, besides those of the scheme. */
  requiredHeaders?: readonly string[];
}

/** What a good signature says. */
export interface Verified {
  id: string;
  region: string | null;
  service: string | null;
  timeMs: number;
  signedHeaders: string;
  presigned: boolean;
  bodySigned: boolean;
}

/** A finding: one rule broken at one place. */
export interface Problem {
  /** Stable id, for example `tencent.SyncImages.ImageIds.one`. */
  rule: string;
  /** Where, in the vendor's own names. */
  path: string;
  severity: Severity;
  /** What is wrong and the fix, in English. */
  message: string;
  /** The same in Chinese. */
  messageZh: string;
  /** The vendor's own code for the same mistake. */
  vendorCode: string | null;
}

/** Where an operation is carried out. */
export interface At {
  /** The region that is acted on; for a copy the source region. */
  region: string;
  site?: Site;
  /** Another host than the vendor's, for example `http://127.0.0.1:8080`. */
  endpoint?: string;
  /** Which host the signature names with an endpoint: its own (default), or the vendor's, which `fetch` cannot send. */
  signHost?: SignHost;
  /** Huawei: id of the project in `region`. */
  projectId?: string;
  /** Huawei: id of the account, for IAM calls. */
  domainId?: string;
  /** Language of the vendor's messages. */
  language?: Language;
}

/** A complete HTTP request: what was signed is what is sent, byte for byte. */
export interface Request {
  method: string;
  /** Already percent-encoded; send it as it is. */
  url: string;
  headers: HeaderPairs;
  /** Empty when there is none. */
  body: string;
}

/** A built operation: everything but the signature. */
export interface Call {
  cloud: Cloud;
  operation: string;
  /** Region in the credential scope. */
  region: string;
  /** Service in the credential scope. */
  service: string;
  request: Request;
}

/** Why a signature was refused. Secrets and tokens are not shown. */
export interface Diagnosis {
  /** What is wrong: `method`, `path`, `query`, `host`, `content_type`, `header`, `signed_headers`, `payload`, `secret`, `signature` (the secret or the request: the answer does not say which), `authorization`, `scope`, `key`, `token`, `clock`, `locked`, `size`, or `unknown` where the answer tells nothing. */
  component: string;
  /** Stable id of the cause: the part alone, or as in `query.plus` what became of it. */
  id: string;
  /** How sure it is: computed, or said by the cloud; the evidence fits nothing else as well; nothing speaks against it. */
  sure: "certain" | "likely" | "possible";
  /** That part as it was signed; empty when the answer does not tell. */
  ours: string;
  /** That part as the cloud computed it. */
  theirs: string;
  cause: string;
  causeZh: string;
  fix: string;
  fixZh: string;
}

/** A request that was found in a text, and why it was probably refused: the most probable cause first. */
export interface RefusedRequest {
  cloud: Cloud;
  method: string;
  host: string;
  operation: string | null;
  status: number | null;
  causes: Diagnosis[];
}

/** A refusal that was found in a text, with what is known of its code. */
export interface Refusal extends Omit<Explanation, "againLaunch" | "againLaunchZh" | "againRead" | "againReadZh"> {
  cloud: Cloud;
  operation: string | null;
  message: string;
  requestId: string | null;
  /** Whether it may go out again: for the operation, or as a launch where that is not known. */
  again: string;
  againZh: string;
}

/** What a text tells of a refusal; `known` is false where nothing was recognised. */
export interface Evidence {
  known: boolean;
  requests: RefusedRequest[];
  refusals: Refusal[];
}

/** What the host received: any status and any body. */
export interface Answer {
  status: number;
  headers?: Headers;
  body?: Body;
}

/** What is known about an error code. */
export interface Explanation {
  code: string;
  /** Whether the code itself is in the catalogue; otherwise prefix or status decided. */
  known: boolean;
  kind: Kind;
  retry: Retry;
  waitMs: number | null;
  owner: Owner;
  cause: string;
  causeZh: string;
  next: string;
  nextZh: string;
  /** Whether a launch that ended so may go out again, and whether a read may. */
  againLaunch: string;
  againLaunchZh: string;
  againRead: string;
  againReadZh: string;
  /** The next command to run; words in capitals stand for what it is run on. */
  command: string;
}

/** A region that is known. */
export interface Region {
  id: string;
  name: string;
  nameZh: string;
  class: RegionClass;
}

/**
 * Why a request has no answer: it certainly never left and the next may; it did not, nor will another before somebody mends
 * what is wrong; or it may have arrived.
 */
export type Lost = "unsent" | "blocked" | "unanswered";

/** The word of the program that holds the keys, which no plan can say. */
export interface Trust {
  /**
   * Hosts that may be sent requests which are signed for the vendor's own host (`sign_host: "official"`): whoever gets these can
   * send them on to the vendor. Loopback needs no word.
   */
  trustedHosts?: string[];
}

/** One parameter of an operation. What it means is told by the interfaces of parameters. */
export interface Field {
  name: string;
  shape: "text" | "integer" | "boolean" | "texts" | "objects";
  record: string | null;
  fields: Field[] | null;
  required: boolean;
  place: Place;
}

/** The table of an operation. */
export interface Operation {
  cloud: Cloud;
  name: string;
  effect: Effect;
  method: string;
  path: string;
  service: string;
  version: string;
  /** Documented default limit, requests per second; 0 where none is published. */
  perSecond: number;
  /** What a policy must allow for it, such as `cvm:SyncImages`; empty where no page names it. */
  grant: string;
  fields: Field[];
}

/** An operation that carrying out a plan can call. */
export interface Need {
  cloud: Cloud;
  operation: string;
  /** What a policy must allow for it, such as `cvm:SyncImages`; empty where no page names it. */
  grant: string;
  region: string;
  purpose: Purpose;
  /** What becomes of a run that may not call it. */
  without: Without;
}

/** An image, as far as the answer tells; `null` means that it does not say. */
export interface Image {
  id: string;
  name: string;
  description: string | null;
  state: State;
  rawState: string;
  percent: number | null;
  createdMs: number | null;
  sizeBytes: number | null;
  ownership: Ownership;
  encrypted: boolean | null;
  iso: boolean | null;
  whole: boolean | null;
  os: string | null;
  origin: { region: string; image: string } | null;
  tags: [key: string, value: string][];
  /** The vendor's word for where its maintenance stands, where the cloud tells it. */
  lifecycle?: string;
  /** Whether the cloud's inspection of the image is over, in the vendor's word. */
  detection?: string;
}

/** A task or job of a cloud. */
export interface Task {
  id: string;
  kind: string;
  state: TaskState;
  rawState: string;
  percent: number | null;
  image: string | null;
  createdMs: number | null;
  failure: { code: string; message: string } | null;
}

/** Something that was started. */
export interface Launched {
  region: string | null;
  image: string | null;
  task: string | null;
  objects: string[];
}

interface Page<T> {
  items: T[];
  /** Where the next page begins. */
  next: string | null;
  total: number | null;
}

/** What an answer tells; `type` says which of them. */
export type Facts =
  | { type: "nothing" | "dry_run" }
  | { type: "launched"; items: Launched[] }
  | ({ type: "images" } & Page<Image>)
  | ({ type: "tasks" } & Page<Task>)
  | { type: "quota"; total: number | null; used: number | null }
  | ({ type: "regions" | "agencies" } & Page<string>)
  | ({ type: "projects" } & Page<{ id: string; name: string; enabled: boolean }>)
  | { type: "accounts"; items: string[] }
  | { type: "identity"; account: string; name: string | null; kind: string | null }
  /** A temporary key; the reply's `data` is null, so that it stands nowhere else. */
  | { type: "temporary"; id: string; secret: string; token: string; expiresMs: number | null };

/** A successful answer, read. */
export interface Reply {
  requestId: string | null;
  facts: Facts;
  /** The vendor's result object, complete and unchanged; null where it would show a secret. Whole numbers that a number cannot hold exactly, from 2^53 on, are BigInt. */
  data: unknown;
}

/** What the host does next. */
export type Step =
  | {
      /** Save the journal, send this request as it is, and tell what came of it under `id`. */
      type: "send";
      id: number;
      request: Request;
      timeoutMs: number;
    }
  | {
      /** Nothing to send before this moment; an answer may change it. */
      type: "wait";
      untilMs: number;
    }
  | {
      /** Every lane has ended. */
      type: "done";
    };

/** What an `ImgferryError` knows besides its message. */
export interface ErrorDetails {
  kind?: Kind;
  code?: string;
  requestId?: string | null;
  status?: number | null;
  retry?: Retry;
  waitMs?: number | null;
  serverTimeMs?: number | null;
  hint?: string;
  hintZh?: string;
  problems?: Problem[];
  cause?: unknown;
}

/** An error as data, in events and reports. */
export interface Trouble extends Required<Omit<ErrorDetails, "cause">> {
  message: string;
}

/** One thing that happened. */
export interface Event {
  /** Only grows, also where a job is taken up again from its journal: the moment in milliseconds, or the next number. */
  seq: number;
  atMs: number;
  /** `throttled` and `retried` with a `lane`: what was sent for it is sent again; without one, what is sent in that region waits. */
  event: EventKind;
  cloud: Cloud;
  region: string;
  lane?: number;
  /** Where the lane leads, for example `huawei/cn-north-4→cn-east-3`. */
  lanePath?: string;
  percent?: number;
  /** Remaining time, from and to. */
  etaMs?: [number, number];
  imageId?: string;
  waitMs?: number;
  requestId?: string;
  error?: Trouble;
}

/** One destination of a report. */
export interface Row {
  /** Its number in this job: that of its events, and what `resolve` asks for. */
  lane: number;
  cloud: Cloud;
  /** Where the row stands in the plan, for example `copies[0].to[2]`; a step on its way ends in `.chain.from` or `.chain.to`. */
  path: string;
  image: string;
  from: string;
  to: string;
  name: string;
  state: LaneState;
  imageId: string | null;
  taskId: string | null;
  /** Object keys that an export writes. */
  objects: string[];
  /** What to know although all went well. */
  note: string | null;
  noteZh: string | null;
  percent: number | null;
  launches: number;
  /** Since when it stands there, or when its copy was last seen at work, by the host's clock. */
  sinceMs: number;
  /** When the last launch left. */
  launchedMs: number | null;
  /** When it is looked at or launched next, as far as that is known. */
  nextMs: number | null;
  /** Remaining time of the copy, from and to. */
  etaMs: [number, number] | null;
  requestIds: string[];
  error: Trouble | null;
}

/** A copy of one of the plan's images that the plan does not ask for. */
export interface Extra {
  cloud: Cloud;
  region: string;
  imageId: string;
  name: string;
  /** The source it was copied from. */
  image: string;
}

/** What became of every destination, one row each, in the order of the plan. */
export interface Report {
  /** 0 all ready, 3 some failed, 4 all failed, 6 still running and resumable, 7 an ambiguous launch needs a person. */
  exitCode: number;
  /** Destinations by state. */
  counts: { [state in LaneState]?: number };
  rows: Row[];
  /** Images that were made on the way. */
  steps: Row[];
  /** Only a survey looks for them. */
  extra: Extra[];
}

/** What of a report has changed. */
export interface Changes extends Report {
  /** To be given as `since` the next time. */
  seq: number;
}

/** A documented constraint. */
export interface Rule {
  /** Stable id: that of the problems that tell of it. */
  id: string;
  severity: Severity;
  /** The vendor's own code for the same mistake. */
  vendorCode: string | null;
  /** What is wrong and the fix, with `{name}` where a value stands. */
  message: string;
  messageZh: string;
}
