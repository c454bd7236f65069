// The edge worker: it holds the access keys, replicates, and signs for pages. What it takes and gives stands in README.md.
import { Job, check, read, request as call, whyLost } from "imgferry";
import type { Answer, Cloud, Plan, Row } from "imgferry";
import { caller, permit } from "./access.js";
import type { Caller } from "./access.js";
import { bound, callAllowed, capabilities, completed, hostAllowed, listing, place, planAllowed } from "./allow.js";
import { CLOUDS, configured, limits, trust } from "./config.js";
import { stream } from "./events.js";
import { dressed, json, number, originOf, preflight, shown, told } from "./http.js";
import { keyOf, keysOf } from "./keys.js";
import { cause, log } from "./log.js";
import { digest, parts, together } from "./partition.js";
import { Refused, granted, keyless, refusalOf, refused, unknownJob } from "./refusal.js";
import type { Said } from "./refusal.js";
import { signed } from "./signing.js";
import type { Entry, Env, Role } from "./types.js";

export { Account } from "./account.js";
export { Directory } from "./directory.js";

/** Rows of a page at most, and of one that does not say. */
const MOST_ROWS = 2000;

interface Call {
  env: Env;
  request: Request;
  query: URLSearchParams;
  who: Caller;
}

type Route = [method: string, path: RegExp, role: Role, serve: (call: Call, name: string) => Promise<Response>];

const STATES: readonly string[] = ["queued", "running", "ended"];

/** Where the next page of a listing begins, as each cloud gives it. */
const PAGES = { tencent: /^\d{1,9}$/, volcengine: /^[\x21-\x7e]{1,4096}$/, huawei: /^[0-9a-f-]{36}$/ } as const satisfies Record<Cloud, RegExp>;

const NAME = "([A-Za-z0-9][A-Za-z0-9._-]{0,99})";

const ROUTES: Route[] = [
  ["GET", /^\/$/, "read", about],
  ["GET", /^\/jobs$/, "read", list],
  ["PUT", new RegExp(`^/jobs/${NAME}$`), "launch", create],
  ["GET", new RegExp(`^/jobs/${NAME}$`), "read", get],
  ["DELETE", new RegExp(`^/jobs/${NAME}$`), "launch", purge],
  ["GET", new RegExp(`^/jobs/${NAME}/events$`), "read", events],
  ["GET", new RegExp(`^/jobs/${NAME}/journal$`), "read", journal],
  ["POST", new RegExp(`^/jobs/${NAME}/cancel$`), "launch", (call, name) => change(call, name, (account) => account.cancel(name))],
  ["POST", new RegExp(`^/jobs/${NAME}/resume$`), "launch", (call, name) => change(call, name, (account) => account.resume(name))],
  ["POST", new RegExp(`^/jobs/${NAME}/resolve$`), "launch", resolve],
  ["POST", /^\/check$/, "read", checked],
  ["POST", /^\/survey$/, "read", survey],
  ["GET", /^\/images$/, "read", images],
  ["POST", /^\/sign$/, "sign", sign],
  ["GET", /^\/metrics$/, "read", metrics],
];

export default {
  async fetch(request, env): Promise<Response> {
    const begun = Date.now();
    const { pathname } = new URL(request.url);
    let [origin, who]: [string | null, string | undefined] = [null, undefined];
    let response: Response;
    let code: string | undefined;
    try {
      configured(env);
      origin = originOf(request, env);
      if (request.method === "OPTIONS") response = preflight();
      else if (pathname === "/health") response = ["GET", "HEAD"].includes(request.method) ? Response.json({ ok: true }) : wrongMethod(request, "GET, HEAD");
      else response = await serve(request, env, (name) => (who = name));
    } catch (error) {
      response = told(error);
      code = refusalOf(error).code;
      if (response.status === 500) log("failed", { cause: cause(error) });
    }
    log("request", { method: request.method, path: pathname.slice(0, 120), status: response.status, code, who, ms: Date.now() - begun });
    return dressed(response, origin);
  },

  async scheduled(_, env): Promise<void> {
    await directory(env).tend();
  },
} satisfies ExportedHandler<Env>;

async function serve(request: Request, env: Env, known: (name: string) => void): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  await rated(env, `address ${request.headers.get("cf-connecting-ip") ?? ""}`);
  const who = await caller(request, env);
  known(who.name);
  await rated(env, `caller ${who.name}`);
  const here = ROUTES.filter(([, path]) => path.test(pathname));
  if (/^\/jobs\/[^/]+$/.test(pathname) && here.length === 0) throw refused(400, "invalid", "name", ["this is no name of a replication", "任务名称无效"], ["take letters, digits and . _ -, at most 100, a letter or digit first", "请使用字母、数字和 . _ -，不超过 100 个字符，以字母或数字开头"]);
  if (here.length === 0) throw refused(404, "not_found", "path", ["there is nothing here", "此路径下没有内容"], ["see the routes in the README of the worker", "请参阅 worker 的 README 中的路径"]);
  const route = here.find(([method]) => method === request.method);
  if (!route) return wrongMethod(request, here.map(([method]) => method).join(", "));
  // Who stands between might take the other one.
  const twice = [...searchParams.keys()].find((key) => searchParams.getAll(key).length > 1);
  if (twice !== undefined) throw refused(400, "invalid", "query", [`${shown(twice)} stands twice in the query`, `${shown(twice)} 在查询串中出现了两次`], ["send it once", "请只发送一次"]);
  const [, path, role, work] = route;
  permit(who, role);
  return work({ env, request, query: searchParams, who }, path.exec(pathname)?.[1] ?? "");
}

function wrongMethod({ method }: Request, allow: string): Response {
  return Response.json({ name: "ImgferryError", kind: "invalid", code: "method", message: `${method} is not for this path`, messageZh: `此路径不支持 ${method}`, hint: `use ${allow}`, hintZh: `请使用 ${allow}`, problems: [] }, { status: 405, headers: { allow } });
}

/** What this worker allows, for a page to know beforehand. */
async function about({ env, who }: Call): Promise<Response> {
  const { jobs, copies, body } = limits(env);
  return Response.json({ name: "imgferry", api: 1, caller: who.name, roles: who.roles, accounts: env.ACCOUNTS ?? ["default"], clouds: capabilities(env), limits: { jobs, copies, body } });
}

/** Begins a replication: 201, 200 when it has begun before, 409 when another plan has the name. */
async function create({ env, request, query, who }: Call, name: string): Promise<Response> {
  const account = accountOf(env, query);
  const given = (await json(request, env)) as Plan;
  const plan = held(env, given);
  const clouds = plan.parts.map(({ cloud }) => cloud);
  const isNew = granted(await directory(env).claim({ name, account, clouds, by: who.name }, await digest(given, account), plan.counts));
  try {
    // When this is cut short, the same request once more begins what is missing: nothing is doubled.
    for (const { cloud, plan: own, places } of plan.parts) granted(await accountFor(env, cloud, account).begin(name, account, cloud, own as never, places));
    return Response.json(await directory(env).find(name), { status: isNew ? 201 : 200 });
  } finally {
    await directory(env).release(name);
  }
}

/** A plan that is allowed, by parts, with its settings bound. */
function held(env: Env, given: Plan) {
  counted(env, given);
  // What has not the form of a plan is refused with all its mistakes before anything else looks at it.
  const form = check(completed(env, given), trust(env)).filter(({ severity, rule }) => severity === "error" && rule.startsWith("plan."));
  if (form.length > 0) throw refused(400, "invalid", form[0]!.rule, [form.slice(0, 5).map(({ path, message }) => `${path}: ${message}`).join("; "), form.slice(0, 5).map(({ path, messageZh }) => `${path}：${messageZh}`).join("；")], ["correct the plan; nothing was begun", "请修正计划；未开始任何操作"], form);
  // First what is asked for, then what it comes to.
  const plan = bound(env, given);
  const split = parts(plan);
  const counts: Record<string, number> = {};
  for (const part of split) {
    const job = new Job(part.plan, Date.now(), 1, trust(env));
    try {
      const report = job.report();
      planAllowed(env, part.plan, report.rows);
      for (const [state, count] of Object.entries(report.counts)) counts[state] = (counts[state] ?? 0) + count;
    } finally {
      job.free();
    }
  }
  return { parts: split, counts };
}

/** Counts the destinations before anything looks at each of them; what has not the form of a plan is not counted. */
function counted(env: Env, given: Plan): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw refused(400, "invalid", "plan.field", ["a plan must be a record", "计划须为对象"], ["send the plan as JSON", "请以 JSON 发送计划"]);
  const most = limits(env).copies;
  const entries = [given?.copies, given?.exports].flatMap((list) => (Array.isArray(list) ? list : [])) as ({ to?: unknown } | null)[];
  const copies = entries.reduce((sum, entry) => sum + (Array.isArray(entry?.to) ? Math.max(1, entry.to.length) : 1), 0);
  if (copies > most) throw refused(413, "quota", "plan.copies", [`the plan has ${copies} destinations; this worker takes ${most}: they must fit into the memory of one object`, `计划有 ${copies} 个目标，此 worker 最多接受 ${most} 个：须容于一个对象的内存`], ["split it into several plans", "请拆分为多个计划"]);
}

/** Every finding about a plan, this worker's own included; nothing begins. */
async function checked({ env, request }: Call): Promise<Response> {
  const plan = (await json(request, env)) as Plan;
  counted(env, plan);
  const problems = check(completed(env, plan), trust(env));
  if (!problems.some(({ severity }) => severity === "error")) {
    try {
      held(env, plan);
    } catch (error) {
      const { code, message, messageZh, hint, hintZh } = refusalOf(error);
      problems.push({ rule: "worker.allow", path: code, severity: "error", message: `${message}; ${hint}`, messageZh: `${messageZh ?? message}；${hintZh}`, vendorCode: null });
    }
  }
  return Response.json({ problems });
}

/** Looks at what is there, and launches nothing. */
async function survey({ env, request, query }: Call): Promise<Response> {
  const account = accountOf(env, query);
  const plan = held(env, (await json(request, env)) as Plan);
  const reports = await Promise.all(plan.parts.map(async ({ cloud, plan: own, places }) => granted(await accountFor(env, cloud, account).survey(account, cloud, own as never, places))));
  const { exitCode, counts } = together(reports.map((report) => ({ ...report, state: "ended" })));
  return Response.json({ exitCode, counts, rows: reports.flatMap(({ rows }) => rows), steps: reports.flatMap(({ steps }) => steps), extra: reports.flatMap(({ extra }) => extra) });
}

async function list({ env, query }: Call): Promise<Response> {
  const state = query.get("state");
  if (state !== null && !STATES.includes(state)) throw refused(400, "invalid", "state", [`state must be one of ${STATES.join(", ")}`, `state 须为 ${STATES.join("、")} 之一`], ["correct it, or leave it out", "请修正或省略"]);
  return Response.json(await directory(env).list(state, number(query, "from", 0, 1e9), number(query, "limit", 50, 500) || 1));
}

/** How a replication stands: the rows that changed since `since`, a page of them. */
async function get({ env, query }: Call, name: string): Promise<Response> {
  const entry = await entryOf(env, name);
  const limit = number(query, "limit", 500, MOST_ROWS) || 1;
  // A page and a point in time have a number a part: `12.7`.
  const since = vector(query, "since", entry.clouds.length);
  const from = vector(query, "page", entry.clouds.length);
  const views = await Promise.all(
    entry.clouds.map(async (cloud, at) => ({ cloud, view: from[at] === -1 ? null : granted(await accountFor(env, cloud, entry.account).view(name, since[at]!, from[at]!, limit)) })),
  );
  const seen = views.flatMap(({ view }) => (view ? [view] : []));
  const whole = seen.length === entry.clouds.length ? together(seen.map(({ standing }) => standing)) : entry;
  const more = views.some(({ view }) => view?.next != null);
  return Response.json({
    ...entry, state: whole.state, exitCode: whole.exitCode, counts: whole.counts,
    parts: views.map(({ cloud, view }) => ({ cloud, state: view?.standing.state ?? null, ahead: view?.ahead ?? 0 })),
    rows: seen.flatMap(({ rows }) => rows), steps: seen.flatMap(({ steps }) => steps), extra: seen.flatMap(({ extra }) => extra),
    trouble: seen.find(({ trouble }) => trouble)?.trouble ?? null,
    seq: views.map(({ view }, at) => view?.seq ?? since[at]).join("."),
    next: more ? views.map(({ view }) => view?.next ?? "end").join(".") : null,
  });
}

async function events({ env, request, query, who }: Call, name: string): Promise<Response> {
  const entry = await entryOf(env, name);
  const last = request.headers.get("last-event-id");
  const since = vector(last === null ? query : new URLSearchParams({ since: last }), "since", entry.clouds.length);
  const accounts = entry.clouds.map((cloud) => accountFor(env, cloud, entry.account));
  if (request.headers.get("accept")?.includes("text/event-stream")) return stream(name, accounts, since, who.untilMs);
  const limit = number(query, "limit", 500, 5000) || 1;
  const pages = await Promise.all(accounts.map((account, at) => account.events(name, since[at]!, limit)));
  const told = pages.map((page) => (page?.lines ?? []).map((line) => JSON.parse(line) as { seq: number; atMs: number }));
  return Response.json({ events: told.flat().sort((a, b) => a.atMs - b.atMs), next: told.map((page, at) => page.at(-1)?.seq ?? since[at]).join("."), ended: pages.every((page) => page?.ended) });
}

/** The raw journal of a cloud's part, a piece at a time. */
async function journal({ env, query }: Call, name: string): Promise<Response> {
  const entry = await entryOf(env, name);
  const cloud = cloudOf(query.get("cloud") ?? entry.clouds[0], entry.clouds);
  const { lines, next } = await accountFor(env, cloud, entry.account).journal(name, number(query, "from", 0, 1e9));
  return Response.json({ cloud, lines, next });
}

async function change({ env }: Call, name: string, work: (account: ReturnType<typeof accountFor>) => Promise<unknown>): Promise<Response> {
  return holding(env, name, async (entry) => {
    for (const cloud of entry.clouds) granted((await work(accountFor(env, cloud, entry.account))) as never);
    return Response.json({ name }, { status: 202 });
  });
}

/** "It is there, under this id", or `null`: "it is not there". */
async function resolve({ env, request }: Call, name: string): Promise<Response> {
  const { cloud, lane, imageId } = ((await json(request, env)) ?? {}) as Record<string, unknown>;
  const isWord = Number.isInteger(lane) && (lane as number) >= 0 && (imageId === null || typeof imageId === "string");
  return holding(env, name, async (entry) => {
    if (!isWord || !entry.clouds.includes(cloud as Cloud)) throw refused(400, "invalid", "resolve", ["cloud, lane and imageId are wanted, of a row of this replication", "须给出此任务中某一行的 cloud、lane 和 imageId"], ["send { cloud, lane, imageId }, with null where it is not there", "请发送 { cloud, lane, imageId }，不存在时为 null"]);
    const account = accountFor(env, cloud as Cloud, entry.account);
    if (typeof imageId === "string") {
      const view = granted(await account.view(name, 0, lane as number, 1));
      const row = [...(view?.rows ?? []), ...(view?.steps ?? [])].find((row) => row.lane === lane);
      if (row) await mustBeCopy(env, entry.account, row, imageId);
    }
    granted(await account.resolve(name, lane as number, imageId as string | null));
    return Response.json({ name }, { status: 202 });
  });
}

/** That an image is the copy of that lane, by its name: by a person's word alone any image would be renamed, shared or deleted. */
async function mustBeCopy(env: Env, account: string, { cloud, lane, name, path, state, to }: Pick<Row, "cloud" | "lane" | "name" | "path" | "state" | "to">, id: string): Promise<void> {
  const wrong = (...message: Said) => refused(400, "invalid", "imageId", message, ["give the id of the copy, or null where there is none", "请填写副本的 ID；若不存在请填 null"]);
  if (!["ambiguous", "probing"].includes(state)) throw wrong(`lane ${lane} is in no doubt: it needs no person's word`, `lane ${lane} 无需人工判断`);
  if (!/^[\x21-\x7e]{1,128}$/.test(id)) throw wrong(`${shown(id)} cannot be an id`, `${shown(id)} 不可能是 ID`);
  if (path.startsWith("exports")) return;
  const params = { tencent: { ImageIds: [id] }, volcengine: { ImageIds: [id] }, huawei: { id } }[cloud];
  const { images } = await listed(env, account, cloud, to, params).catch((error) => {
    if (refusalOf(error).kind !== "not_found") throw error;
    return { images: [] };
  });
  const [image] = images;
  if (!image) throw wrong(`there is no image ${shown(id)} in ${to}`, `${to} 中没有镜像 ${shown(id)}`);
  if (image.name !== name) throw wrong(`${shown(id)} is called ${shown(image.name)}, and the copy of lane ${lane} ${shown(name)}`, `${shown(id)} 的名称是 ${shown(image.name)}，而 lane ${lane} 的副本名称是 ${shown(name)}`);
}

/** Deletes what has ended. */
async function purge({ env }: Call, name: string): Promise<Response> {
  granted(await directory(env).purge(name));
  return new Response(null, { status: 204 });
}

/** The own images of a region, a page at a time: the one read that is relayed. */
async function images({ env, query }: Call): Promise<Response> {
  const account = accountOf(env, query);
  const cloud = cloudOf(query.get("cloud"));
  const { region } = place(env, cloud, { region: query.get("region") ?? undefined });
  const page = query.get("page");
  if (page !== null && !PAGES[cloud].test(page)) throw strange("page");
  const offset = Number(page ?? 0);
  const params = {
    tencent: { Filters: [{ Name: "image-type", Values: ["PRIVATE_IMAGE"] }], Offset: offset, Limit: 100 },
    volcengine: { Visibility: "private", MaxResults: 100, NextToken: page ?? undefined },
    huawei: { __imagetype: "private", limit: 100, marker: page ?? undefined },
  }[cloud];
  const told = await listed(env, account, cloud, region, params);
  const until = offset + told.images.length;
  // Tencent Cloud names no next page: the number of all tells whether there is one.
  const next = cloud === "tencent" && until > offset && until < told.total! ? `${until}` : told.next;
  return Response.json({ ...told, next });
}

/** Images of a region, as its cloud lists them. */
async function listed(env: Env, account: string, cloud: Cloud, region: string, params: Record<string, unknown>) {
  const at = place(env, cloud, { region });
  callAllowed(env, cloud, listing(cloud), region, params);
  const key = (await keyOf(env, account, cloud))[cloud];
  if (!key) throw keyless(cloud, account);
  const { method, url, headers, body } = call(cloud, listing(cloud) as never, params as never, at, key, Date.now());
  if (!hostAllowed(env, cloud, url)) throw refused(403, "permission", "host", ["the host is not allowed", "不允许该主机"], ["add it to the hosts of the cloud", "请将其加入该云的 hosts"]);
  const answer = await answered(url, { method, headers, body: body || undefined, redirect: "manual", signal: AbortSignal.timeout(30_000) });
  const { facts, requestId } = understood(cloud, () => read(cloud, listing(cloud) as never, answer, key));
  return facts.type === "images" ? { images: facts.items, next: facts.next, total: facts.total, requestId } : { images: [], next: null, total: 0, requestId };
}

/** What the cloud answers. */
async function answered(url: string, sent: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(url, sent);
    return { status: response.status, headers: response.headers, body: await response.text() };
  } catch (error) {
    throw refused(502, "server", "cloud", [`${new URL(url).host} does not answer: ${whyLost(error).cause}`, `${new URL(url).host} 没有应答：“${whyLost(error).cause}”`], ["look again in a minute; nothing was changed", "请一分钟后重试，未做任何更改"]);
  }
}

/** What the cloud refused is no fault of the caller's request. */
function understood<T>(cloud: Cloud, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const refusal = refusalOf(error);
    throw new Refused({ ...refusal, status: 502, messageZh: `${cloud} 拒绝了请求：“${refusal.message}”` });
  }
}

async function sign({ env, request, query }: Call): Promise<Response> {
  const asked = (await json(request, env)) as never;
  return Response.json(signed(env, asked, await keysOf(env, accountOf(env, query)), Date.now()));
}

/** Counters of all accounts, as Prometheus reads them. */
async function metrics({ env }: Call): Promise<Response> {
  const lines = ["# TYPE imgferry_total counter"];
  for (const account of env.ACCOUNTS ?? ["default"]) {
    for (const cloud of CLOUDS) {
      for (const [name, value] of await accountFor(env, cloud, account).counters()) lines.push(`imgferry_total{account="${account}",cloud="${cloud}",what="${name}"} ${value}`);
    }
  }
  return new Response(`${lines.join("\n")}\n`, { headers: { "content-type": "text/plain; version=0.0.4" } });
}

const directory = (env: Env) => env.DIRECTORY.get(env.DIRECTORY.idFromName("directory"));

/** The object that owns the rates of that account. */
const accountFor = (env: Env, cloud: Cloud, account: string) => env.ACCOUNT.get(env.ACCOUNT.idFromName(`${cloud}/${account}`));

async function entryOf(env: Env, name: string) {
  const entry = await directory(env).find(name);
  if (!entry) throw unknownJob(name);
  return entry;
}

/** Does something with a replication, which is not deleted meanwhile. */
async function holding<T>(env: Env, name: string, work: (entry: Entry) => Promise<T>): Promise<T> {
  const entry = granted(await directory(env).hold(name));
  try {
    return await work(entry);
  } finally {
    await directory(env).release(name);
  }
}

function accountOf(env: Env, query: URLSearchParams): string {
  const accounts = env.ACCOUNTS ?? ["default"];
  const account = query.get("account") ?? accounts[0]!;
  if (!accounts.includes(account)) throw refused(403, "permission", "account", ["this account is not one of the worker's", "该账号不属于此 worker"], [`use one of ${accounts.join(", ")}`, `可用：${accounts.join("、")}`]);
  return account;
}

function cloudOf(name: string | null | undefined, clouds: readonly Cloud[] = CLOUDS): Cloud {
  const cloud = clouds.find((cloud) => cloud === name);
  if (!cloud) throw refused(400, "invalid", "cloud", [`cloud must be one of ${clouds.join(", ")}`, `cloud 须为 ${clouds.join("、")} 之一`], ["correct it", "请修正"]);
  return cloud;
}

/** A number a part, joined by dots; `end` where a part has no further page. */
function vector(query: URLSearchParams, name: string, length: number): number[] {
  const given = query.get(name);
  if (given === null || given === "0") return Array<number>(length).fill(0);
  const numbers = given.split(".").map((part) => (part === "end" && name === "page" ? -1 : /^\d{1,16}$/.test(part) ? Number(part) : Number.NaN));
  if (numbers.length !== length || !numbers.every(Number.isSafeInteger)) throw strange(name);
  return numbers;
}

const strange = (name: string): Error => refused(400, "invalid", name, [`${name} is not one that this worker gave`, `${name} 不是此 worker 给出的`], [`leave ${name} out to begin anew`, `请省略 ${name} 以重新开始`]);

async function rated(env: Env, key: string): Promise<void> {
  if (env.RATE && !(await env.RATE.limit({ key })).success) throw refused(429, "throttled", "rate", ["too many requests", "请求过于频繁"], ["wait a minute", "请稍候一分钟"]);
}
