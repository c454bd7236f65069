// What every answer has, and what every body must be.
import { limits } from "./config.js";
import { Refused, refusalOf, refused } from "./refusal.js";
import type { Refusal, Said } from "./refusal.js";
import type { Env } from "./types.js";

/** Nesting of a body: a plan has six levels. */
const DEEPEST = 32;

/** Headers of every answer. */
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** The answer with what a page of an allowed origin needs. */
export function dressed(response: Response, origin: string | null): Response {
  const dressed = new Response(response.body, response);
  for (const [name, value] of Object.entries(HEADERS)) dressed.headers.set(name, value);
  dressed.headers.append("vary", "Origin");
  if (origin !== null) dressed.headers.set("access-control-allow-origin", origin);
  return dressed;
}

/** The origin of a page, when it may call; others are refused, preflights included. */
export function originOf(request: Request, env: Env): string | null {
  const origin = request.headers.get("origin");
  if (origin === null) return null;
  if (!(env.ORIGINS ?? []).includes(origin)) throw refused(403, "permission", "origin", ["pages of this origin may not call", "该来源的页面不可调用此 worker"], ["add the origin to ORIGINS of the worker", "请将该来源加入 worker 的 ORIGINS"]);
  return origin;
}

export function preflight(): Response {
  return new Response(null, { status: 204, headers: { "access-control-allow-methods": "GET, PUT, POST, DELETE", "access-control-allow-headers": "authorization, content-type, last-event-id", "access-control-max-age": "600" } });
}

/** A refusal as it is told. */
export function told(error: unknown): Response {
  const { status, ...rest }: Refusal = refusalOf(error);
  const headers: Record<string, string> = status === 401 ? { "www-authenticate": 'Bearer realm="imgferry"' } : rest.kind === "throttled" ? { "retry-after": "60" } : {};
  return Response.json({ name: "ImgferryError", ...rest }, { status, headers });
}

/** The JSON of a body: read no further than it may be long, and no deeper than anything meant is. */
export async function json(request: Request, env: Env): Promise<unknown> {
  const type = request.headers.get("content-type");
  if (type !== null && !/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) throw refused(415, "invalid", "content-type", [`the body is ${shown(type)}, not JSON by its content type`, `按内容类型，请求体是 ${shown(type)}，不是 JSON`], ["send JSON as application/json", "请以 application/json 发送 JSON"]);
  const [, charset = "utf-8"] = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(type ?? "") ?? [];
  if (!/^utf-?8$/i.test(charset)) throw refused(415, "invalid", "content-type", [`the body is ${shown(type!)}, not JSON in UTF-8`, `请求体是 ${shown(type!)}，不是 UTF-8 编码的 JSON`], ["send it in UTF-8", "请以 UTF-8 发送"]);
  const encoding = request.headers.get("content-encoding");
  if (encoding !== null && !/^identity$/i.test(encoding)) throw refused(415, "invalid", "content-encoding", [`the body is ${shown(encoding)} by its content encoding`, `请求体使用了内容编码 ${shown(encoding)}`], ["send it without an encoding", "请勿使用内容编码"]);
  const most = limits(env).body;
  const tooLong = () => refused(413, "invalid", "body", [`the body is longer than ${most} bytes`, `请求体超过 ${most} 字节`], ["send a smaller plan, or several", "请减小计划或分批发送"]);
  // It is read all the same, and dropped: who still sends does not read the answer.
  const isTooLong = Number(request.headers.get("content-length") ?? 0) > most;
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  let [text, length] = ["", 0];
  try {
    for await (const chunk of request.body ?? []) {
      length += chunk.length;
      if (length > 4 * most) throw tooLong();
      if (isTooLong || length > most) continue;
      text += decoder.decode(chunk, { stream: true });
    }
    if (length > most) throw tooLong();
    text += decoder.decode();
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw bad(error instanceof TypeError ? ["the body is not UTF-8", "请求体不是 UTF-8"] : ["the body broke off", "请求体中断"]);
  }
  if (depth(text) > DEEPEST) throw bad([`the body is nested more than ${DEEPEST} deep`, `请求体嵌套超过 ${DEEPEST} 层`]);
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {
    throw bad(["the body is not JSON", "请求体不是 JSON"]);
  }
  const twice = doubled(text);
  if (twice !== null) throw refused(400, "invalid", "body", [`the key ${shown(twice)} stands twice in one record`, `键 ${shown(twice)} 在同一对象中出现了两次`], ["send each key once", "每个键请只发送一次"]);
  return told;
}

export const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** A key that stands twice in one record of a text that is JSON: its reader takes the last one, others the first. */
function doubled(text: string): string | null {
  // The keys of each record that is open; of a list, null.
  const open: (Set<string> | null)[] = [];
  let isKey = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === "{" || sign === "[") open.push((isKey = sign === "{") ? new Set() : null);
    else if (sign === "}" || sign === "]") (open.pop(), (isKey = false));
    else if (sign === ",") isKey = open.at(-1) != null;
    else if (sign === '"') {
      const begins = at;
      for (at++; text[at] !== '"'; at++) if (text[at] === "\\") at++;
      if (!isKey) continue;
      isKey = false;
      const key = JSON.parse(text.slice(begins, at + 1)) as string;
      if (open.at(-1)!.has(key)) return key;
      open.at(-1)!.add(key);
    }
  }
  return null;
}

function bad(message: Said): Error {
  return refused(400, "invalid", "body", message, ["send JSON in UTF-8", "请发送 UTF-8 编码的 JSON"]);
}

/** How deep brackets nest outside of texts. */
function depth(text: string): number {
  let [now, deepest, quoted] = [0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === 0x5c) at++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++now);
    else if (code === 0x5d || code === 0x7d) now--;
  }
  return deepest;
}

/** A whole number of the query, within its bounds. */
export function number(query: URLSearchParams, name: string, otherwise: number, most: number): number {
  const given = query.get(name);
  if (given === null) return otherwise;
  if (!/^\d{1,15}$/.test(given) || Number(given) > most) throw refused(400, "invalid", name, [`${name} must be a whole number of at most ${most}`, `${name} 须为不大于 ${most} 的整数`], ["correct it", "请修正"]);
  return Number(given);
}
