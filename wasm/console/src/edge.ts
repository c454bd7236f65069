// An edge worker as backend. The keys are there; here is only the token, which the tab forgets when it is closed.
import type { Row } from "imgferry";
import { Known, Trouble, troubleOf } from "./backend.js";
import type { Backend, Entry, View } from "./backend.js";

/** What no request can be sent with, before the browser calls it a network that fails. */
function unusable(address: string, token: string): Trouble | null {
  if (token === "") return new Trouble({ message: "There is no token: this tab has none, or has forgotten it.", messageZh: "没有令牌：此标签页尚未填写，或已不再保留。", hint: "Enter it in the settings.", hintZh: "请在设置中填写。", page: "settings" });
  if (!/^[\x21-\x7e]+$/.test(token)) return new Trouble({ message: "The token has characters that no token has.", messageZh: "令牌包含令牌中不会出现的字符。", hint: "Copy it once more, without spaces and line breaks.", hintZh: "请重新复制，不要包含空格和换行。", page: "settings" });
  const { protocol, hostname } = URL.canParse(address) ? new URL(address) : { protocol: "", hostname: "" };
  if (protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "localhost"].includes(hostname))) return null;
  return new Trouble({ message: `${address} is no address of a worker.`, messageZh: `${address} 不是 worker 的地址。`, hint: "Write https://…; http:// only on this machine, with 127.0.0.1 or localhost.", hintZh: "请填写 https://…；仅本机可用 http://127.0.0.1 或 localhost。", page: "settings" });
}

const silent = (address: string): Trouble =>
  new Trouble({
    message: `The worker at ${address} does not answer.`, messageZh: `${address} 处的 worker 没有应答。`,
    hint: "Check its address, and that it lets this page in (ORIGINS). What it has begun goes on.", hintZh: "请检查其地址及 ORIGINS 设置；已开始的任务会继续。", page: "settings",
  });

const strange = (address: string): Trouble =>
  new Trouble({
    message: `What answers at ${address} is no imgferry worker, or one of another version.`, messageZh: `${address} 处应答的不是 imgferry worker，或其版本不同。`,
    hint: "Correct the address in the settings, or deploy the worker anew.", hintZh: "请在设置中修正地址，或重新部署 worker。", page: "settings",
  });

export function edge(address: string, token: string): Backend {
  /** Asks for an answer that has this field: any other is not of a worker that this console knows. */
  const call = async (method: string, path: string, field: string, body?: unknown): Promise<any> => {
    const wrong = unusable(address, token);
    if (wrong) throw wrong;
    let [response, text]: [Response, string] = [] as never;
    try {
      response = await fetch(new URL(path, address.endsWith("/") ? address : `${address}/`), {
        method, headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) }, body: body === undefined ? undefined : JSON.stringify(body), cache: "no-store", redirect: "error", signal: AbortSignal.timeout(100_000),
      });
      text = await response.text();
    } catch {
      throw silent(address);
    }
    if (response.status === 204) return undefined;
    const told = parsed(text);
    // What the platform says where the worker could not.
    if (told === null && response.status >= 500) throw silent(address);
    if (response.ok ? told?.[field] == null : told?.name !== "ImgferryError") throw strange(address);
    if (!response.ok) throw new Trouble({ ...troubleOf(told).told(), page: response.status === 401 ? "settings" : undefined });
    return told;
  };
  const job = (name: string): string => `jobs/${encodeURIComponent(name)}`;
  const known = new Known();
  return {
    async about() {
      const told = await call("GET", "", "caller");
      if (told.name !== "imgferry" || told.api !== 1) throw strange(address);
      return told;
    },
    async list() {
      const jobs: Entry[] = [];
      for (let from: number | null = 0; from !== null; ) {
        const page: { jobs: Entry[]; next: number | null } = await call("GET", `jobs?limit=500&from=${from}`, "jobs");
        jobs.push(...page.jobs);
        from = page.next ?? null;
      }
      return jobs;
    },
    async view(name) {
      const since = known.since(name);
      let told = await call("GET", `${job(name)}?limit=1000&since=${since}`, "rows");
      const seq = told.seq;
      const rows: Row[] = [...told.rows];
      while (told.next !== null) {
        told = await call("GET", `${job(name)}?limit=1000&since=${since}&page=${told.next}`, "rows");
        rows.push(...told.rows);
      }
      return { ...told, rows: known.take({ ...told, seq, rows }), ahead: Math.max(0, ...told.parts.map(({ ahead }: { ahead: number }) => ahead)) } as View;
    },
    events: (name, since) => call("GET", `${job(name)}/events?limit=2000&since=${since || "0"}`, "events"),
    create: (name, plan) => call("PUT", job(name), "name", plan),
    cancel: (name) => call("POST", `${job(name)}/cancel`, "name"),
    resume: (name) => call("POST", `${job(name)}/resume`, "name"),
    resolve: (name, { cloud, lane }, imageId) => call("POST", `${job(name)}/resolve`, "name", { cloud, lane, imageId }),
    remove: (name) => call("DELETE", job(name), "name"),
    async journal(name) {
      const texts: string[] = [];
      for (const cloud of (await call("GET", `${job(name)}?limit=1`, "clouds")).clouds) {
        for (let from: number | null = 0; from !== null; ) {
          const piece: { lines: string; next: number | null } = await call("GET", `${job(name)}/journal?cloud=${cloud}&from=${from}`, "lines");
          texts.push(piece.lines);
          from = piece.next;
        }
      }
      return texts.join("");
    },
    check: async (plan) => (await call("POST", "check", "problems", plan)).problems,
    survey: (plan) => call("POST", "survey", "rows", plan),
    images: (cloud, region, page) => call("GET", `images?cloud=${cloud}&region=${encodeURIComponent(region)}${page ? `&page=${encodeURIComponent(page)}` : ""}`, "images"),
  };
}

function parsed(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
