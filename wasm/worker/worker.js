// An edge worker that replicates images and signs for pages: it holds the credentials, and nobody else does.
//
//   PUT    /jobs/<name>   begins the replication of the plan in the body
//   GET    /jobs/<name>   tells what became of every destination so far
//   DELETE /jobs/<name>   cancels what is not launched
//   POST   /sign          signs a request that a page prepared, when the allow-list allows it
import { DurableObject } from "cloudflare:workers";
import { ImgferryError, Job } from "imgferry";
import { signed } from "./signing.js";

export default {
  async fetch(request, env) {
    const [, what, name] = new URL(request.url).pathname.split("/");
    try {
      if (what === "sign" && request.method === "POST") return Response.json(signed(await request.json(), keys(env), env.ALLOW, Date.now()));
      const job = what === "jobs" && name ? env.JOBS.get(env.JOBS.idFromName(name)) : undefined;
      if (job && request.method === "PUT") return Response.json(await job.begin(await request.json()), { status: 201 });
      if (job && request.method === "GET") return Response.json(await job.report());
      if (job && request.method === "DELETE") return Response.json(await job.cancel());
      return new Response("not found\n", { status: 404 });
    } catch (error) {
      const { name, message, kind, code, hint, problems } = error;
      return Response.json({ name, message, kind, code, hint, problems }, { status: error.remote || error instanceof ImgferryError ? 400 : 500 });
    }
  },
};

/** One replication. Its journal is its storage; it advances by alarm, one turn a time, and may be stopped at any moment. */
export class Replication extends DurableObject {
  #job;
  /** Number of the next piece of the journal. */
  #next = 0;

  /** Begins, or says how it stands when it has begun before. */
  async begin(plan) {
    if (!(await this.#open())) {
      this.#job = new Job(plan, Date.now(), crypto.getRandomValues(new Uint32Array(1))[0]);
      await this.#save();
      await this.ctx.storage.setAlarm(Date.now());
    }
    return this.#job.report();
  }

  async report() {
    return (await this.#open())?.report() ?? null;
  }

  async cancel() {
    const job = await this.#open();
    job?.cancel(Date.now());
    await this.#save();
    return job?.report() ?? null;
  }

  /** One turn: at most one request. The journal is stored before it leaves, and once more when it was answered. */
  async alarm() {
    const job = await this.#open();
    const step = job.poll(Date.now(), keys(this.env));
    await this.#save();
    if (step.type === "done") return;
    if (step.type === "send") {
      await this.#send(job, step);
      await this.#save();
    }
    await this.ctx.storage.setAlarm(step.type === "wait" ? step.untilMs : Date.now());
  }

  async #send(job, { id, request: { method, url, headers, body }, timeoutMs }) {
    try {
      const response = await fetch(url, { method, headers, body: body || undefined, redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
      job.answer(Date.now(), id, { status: response.status, headers: response.headers, body: await response.text() });
    } catch {
      job.lost(Date.now(), id, "unanswered");
    }
  }

  /** The job, restored from its journal after a restart; nothing when none was begun. */
  async #open() {
    if (this.#job === undefined) {
      const pieces = [...(await this.ctx.storage.list({ prefix: "journal/" })).values()];
      this.#next = pieces.length;
      if (pieces.length > 0) this.#job = Job.restore(pieces.join(""), Date.now()).job;
      // A restart may have come between a turn and the alarm of the next one.
      if (this.#job && (await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now());
    }
    return this.#job;
  }

  async #save() {
    const lines = this.#job?.takeJournal();
    this.#job?.takeEvents();
    if (lines) await this.ctx.storage.put(`journal/${String(this.#next++).padStart(12, "0")}`, lines);
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
