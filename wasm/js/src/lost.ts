import type { Lost } from "./types.js";

/**
 * What runtimes say of a request that never left: of its address, its connection or its way through a proxy. A route that is gone
 * and a record of TLS that is damaged end a connection that stands, too: where `connect` is not said, they tell nothing.
 */
const UNSENT =
  /\b(ENOTFOUND|EAI_\w+|ECONNREFUSED|UND_ERR_CONNECT_TIMEOUT|UND_ERR_PRX_TLS|ConnectionRefused|FailedToOpenSocket)\b|client error \(Connect\)|before secure TLS connection was established|Proxy response \(|DNS lookup failed/;

/** What waiting does not mend: a certificate that is not trusted, a proxy that wants a login, a scheme that is none. */
const BLOCKED =
  /\b(CERT_\w+|\w*SELF_SIGNED_CERT\w*|UNABLE_TO_(VERIFY|GET)_\w+|ERR_TLS_CERT_ALTNAME_INVALID|ERR_INVALID_URL|UnsupportedProxyProtocol)\b|invalid peer certificate|Proxy response \(407\)|proxy authori[sz]ation required|unknown scheme|scheme \S+ not supported/i;

/** What workers say when they send nothing more. */
const TOO_MANY = /^Too many subrequests/;

/**
 * Why a request that `fetch` rejected has no answer, as far as the runtime tells, and its cause in words. Node, Deno and Bun tell
 * an address or a certificate from an answer that was lost; browsers and workers do not: there it may have arrived.
 */
export function whyLost(error: unknown): { why: Lost; cause: string } {
  const cause = words(error, 0);
  const tells = hasCause(error);
  if (tells && BLOCKED.test(cause)) return { why: "blocked", cause };
  if (tells && (UNSENT.test(cause) || isConnecting(error, 0))) return { why: "unsent", cause };
  if (TOO_MANY.test(cause)) return { why: "unsent", cause };
  const isMute = error instanceof Error && !tells && !/^(Abort|Timeout)Error$/.test(error.name);
  return { why: "unanswered", cause: isMute ? `${cause}; this runtime does not say why` : cause };
}

/** Whether the runtime says more than that something failed. Deno says it in the message, Bun in a code. */
function hasCause(error: unknown): boolean {
  const { cause, code, message } = (error ?? {}) as { cause?: unknown; code?: unknown; message?: unknown };
  return cause != null || typeof code === "string" || /^error sending request|scheme/.test(String(message));
}

/** Node: the call of the operating system that failed. */
function isConnecting(error: unknown, depth: number): boolean {
  const { cause, syscall, errors } = (error ?? {}) as { cause?: unknown; syscall?: unknown; errors?: unknown[] };
  if (syscall === "connect" || syscall === "getaddrinfo") return true;
  if (depth > 4) return false;
  return Array.isArray(errors) && errors.length > 0 ? errors.every((inner) => isConnecting(inner, depth + 1)) : cause != null && isConnecting(cause, depth + 1);
}

/** Messages and codes, outermost first. */
function words(error: unknown, depth: number): string {
  if (typeof error !== "object" || error === null) return String(error);
  const { message, code, cause, errors } = error as { message?: unknown; code?: unknown; cause?: unknown; errors?: unknown[] };
  const inner = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
  const said = [message, typeof code === "string" ? code : ""].map((text) => String(text ?? "")).filter((text, at, all) => text && all.indexOf(text) === at);
  const own = said.length === 2 && said[0]!.includes(said[1]!) ? said[0]! : said.join(": ");
  return inner == null || depth > 4 ? own : [own, words(inner, depth + 1)].filter(Boolean).join(": ");
}
