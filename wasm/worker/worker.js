// An edge worker that replicates images and signs for pages: it holds the credentials, and nobody else does.
//
//   PUT    /jobs/<name>   begins the replication of the plan in the body
//   GET    /jobs/<name>   tells what became of every destination so far
//   DELETE /jobs/<name>   cancels what is not launched
//   POST   /sign          signs a request that a page prepared, when the allow-list allows it
import { DurableObject } from "cloudflare:workers";
import { ImgferryError, Job } from "imgferry";
import { signed } from "./signing.js";

/** Bytes of a body: far more than a plan of thousands of copies. */
const LARGEST_BODY = 2 ** 23;
/** Characters of a piece of the journal: what storage takes as one value, with room. */
const PIECE = 2 ** 19;

export default {
  async fetch(request, env) {
    const [, what, name, ...more] = new URL(request.url).pathname.split("/");
    if (what === "jobs" && name && more.length === 0) return env.JOBS.get(env.JOBS.idFromName(name)).fetch(request);
    if (what === "sign" && name === undefined && request.method === "POST") {
      return answered(async () => [200, signed(await json(request), keys(env), env.ALLOW, Date.now())]);
    }
    return new Response("not found\n", { status: 404 });
  },
};

/** One replication. Its journal is its storage; it advances by alarm, one turn a time, and may be stopped at any moment. */
export class Replication extends DurableObject {
  #job;
  /** Number of the next piece of the journal. */
  #next = 0;

  async fetch(request) {
    switch (request.method) {
      case "PUT":
        return answered(async () => this.#begin(await json(request)));
      case "GET":
        return answered(async () => [200, (await this.#open())?.report() ?? null]);
      case "DELETE":
        return answered(async () => [200, await this.#cancel()]);
      default:
        return new Response("PUT, GET or DELETE\n", { status: 405, headers: { allow: "PUT, GET, DELETE" } });
    }
  }

  /** One turn: at most one request. The journal is stored before it leaves, and once more when it was answered. */
  async alarm() {
    const job = await this.#open();
    if (!job) return;
    try {
      const step = job.poll(Date.now(), keys(this.env));
      await this.#save();
      if (step.type === "done") return;
      if (step.type === "send") {
        await this.#send(job, step);
        await this.#save();
      }
      await this.ctx.storage.setAlarm(step.type === "wait" ? step.untilMs : Date.now());
    } catch (error) {
      // The alarm is tried again, by a job that knows what is stored and no more.
      this.#forget();
      throw error;
    }
  }

  /** Begins, or says how the one that has begun before stands, whatever its plan: 201 or 200. */
  async #begin(plan) {
    const begun = await this.#open();
    if (begun) return [200, begun.report()];
    const job = (this.#job = new Job(plan, Date.now(), crypto.getRandomValues(new Uint32Array(1))[0]));
    await this.#save();
    await this.ctx.storage.setAlarm(Date.now());
    return [201, job.report()];
  }

  async #cancel() {
    const job = await this.#open();
    job?.cancel(Date.now());
    await this.#save();
    return job?.report() ?? null;
  }

  async #send(job, { id, request: { method, url, headers, body }, timeoutMs }) {
    try {
      const response = await fetch(url, { method, headers, body: body || undefined, redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
      job.answer(Date.now(), id, { status: response.status, headers: response.headers, body: await response.text() });
    } catch {
      job.lost(Date.now(), id, "unanswered");
    }
  }

  /** The job, woken from its journal when the object was dropped; nothing when none was begun. */
  async #open() {
    if (this.#job === undefined) {
      const pieces = await this.ctx.storage.list({ prefix: "journal/" });
      this.#next = pieces.size;
      if (pieces.size > 0) this.#job = Job.wake([...pieces.values()].join(""), Date.now()).job;
      // A restart may have come between a turn and the alarm of the next one.
      if (this.#job && (await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now());
    }
    return this.#job;
  }

  /** Stores what is new in the journal, all of it or nothing. */
  async #save() {
    const lines = this.#job?.takeJournal() ?? "";
    this.#job?.takeEvents();
    const pieces = {};
    for (let at = 0; at < lines.length; at += PIECE) pieces[`journal/${String(this.#next++).padStart(12, "0")}`] = lines.slice(at, at + PIECE);
    try {
      if (lines) await this.ctx.storage.put(pieces);
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  /** What was taken from the journal and not stored is lost to this job: the next one is restored from what is stored. */
  #forget() {
    this.#job?.free();
    this.#job = undefined;
  }
}

/** The answer of which this gives status and body, or the error that it ends with. */
async function answered(work) {
  try {
    const [status, body] = await work();
    return Response.json(body, { status });
  } catch (error) {
    const { name, message, kind, code, hint, hintZh, problems } = error;
    return Response.json({ name, message, kind, code, hint, hintZh, problems }, { status: error instanceof ImgferryError ? 400 : 500 });
  }
}

async function json(request) {
  const bad = (message) => new ImgferryError(message, { code: "body", hint: "send JSON with its length", hintZh: "请发送带长度的 JSON" });
  if (!(Number(request.headers.get("content-length") ?? Number.NaN) <= LARGEST_BODY)) throw bad(`the body is larger than ${LARGEST_BODY} bytes, or its length is not told`);
  try {
    return await request.json();
  } catch {
    throw bad("the body is not JSON");
  }
}

/** The access keys that are bound to the worker. */
function keys(env) {
  return Object.fromEntries(
    ["tencent", "volcengine", "huawei"].flatMap((cloud) => {
      const [id, secret, token] = ["ID", "SECRET", "TOKEN"].map((part) => env[`${cloud.toUpperCase()}_${part}`]);
      return id && secret ? [[cloud, { id, secret, token }]] : [];
    }),
  );
}
