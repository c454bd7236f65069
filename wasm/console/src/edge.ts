// An edge worker as backend. The keys are there; here is only the token, which the tab forgets when it is closed.
import type { Row } from "imgferry";
import { Known, Trouble, troubleOf } from "./backend.js";
import type { Backend, View } from "./backend.js";

export function edge(address: string, token: string): Backend {
  const call = async (method: string, path: string, body?: unknown): Promise<any> => {
    let response: Response;
    try {
      response = await fetch(new URL(path, address.endsWith("/") ? address : `${address}/`), {
        method, headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) }, body: body === undefined ? undefined : JSON.stringify(body), cache: "no-store", redirect: "error", signal: AbortSignal.timeout(100_000),
      });
    } catch {
      throw new Trouble({
        message: `The worker at ${address} does not answer.`, messageZh: `${address} 处的 worker 没有应答。`,
        hint: "Check its address, and that it lets this page in (ORIGINS). What it has begun goes on.", hintZh: "请检查其地址及 ORIGINS 设置；已开始的任务会继续。",
      });
    }
    if (response.status === 204) return undefined;
    const told = await response.json().catch(() => {
      throw new Trouble({ message: `What answers at ${address} is no imgferry worker.`, messageZh: `${address} 处应答的不是 imgferry worker。`, hint: "Correct the address in the settings.", hintZh: "请在设置中修正地址。" });
    });
    if (!response.ok) throw troubleOf(told);
    return told;
  };
  const job = (name: string): string => `jobs/${encodeURIComponent(name)}`;
  const known = new Known();
  return {
    about: () => call("GET", ""),
    list: async () => (await call("GET", "jobs?limit=500")).jobs,
    async view(name) {
      const since = known.since(name);
      let told = await call("GET", `${job(name)}?limit=1000&since=${since}`);
      const seq = told.seq;
      const rows: Row[] = [...told.rows];
      while (told.next !== null) {
        told = await call("GET", `${job(name)}?limit=1000&since=${since}&page=${told.next}`);
        rows.push(...told.rows);
      }
      return { ...told, rows: known.take({ ...told, seq, rows }), ahead: Math.max(0, ...told.parts.map(({ ahead }: { ahead: number }) => ahead)) } as View;
    },
    events: (name, since) => call("GET", `${job(name)}/events?limit=2000&since=${since || "0"}`),
    create: (name, plan) => call("PUT", job(name), plan),
    cancel: (name) => call("POST", `${job(name)}/cancel`),
    resume: (name) => call("POST", `${job(name)}/resume`),
    resolve: (name, { cloud, lane }, imageId) => call("POST", `${job(name)}/resolve`, { cloud, lane, imageId }),
    remove: (name) => call("DELETE", job(name)),
    async journal(name) {
      const texts: string[] = [];
      for (const cloud of (await call("GET", `${job(name)}?limit=1`)).clouds) {
        for (let from: number | null = 0; from !== null; ) {
          const piece: { lines: string; next: number | null } = await call("GET", `${job(name)}/journal?cloud=${cloud}&from=${from}`);
          texts.push(piece.lines);
          from = piece.next;
        }
      }
      return texts.join("");
    },
    check: async (plan) => (await call("POST", "check", plan)).problems,
    survey: (plan) => call("POST", "survey", plan),
    images: (cloud, region, page) => call("GET", `images?cloud=${cloud}&region=${encodeURIComponent(region)}${page ? `&page=${encodeURIComponent(page)}` : ""}`),
  };
}
