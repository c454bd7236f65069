// What is refused, as data: errors lose their fields on the way between objects.
import { ImgferryError } from "imgferry";
import type { Kind, Problem } from "imgferry";

export interface Refusal {
  status: number;
  kind: Kind;
  code: string;
  message: string;
  /** Of what the core or a cloud says there is none: that is told as it was said. */
  messageZh?: string;
  hint: string;
  hintZh: string;
  problems: readonly Problem[];
}

/** What is said, in English and in Chinese. */
export type Said = readonly [en: string, zh: string];

/** A result that may be refused. */
export type Outcome<T> = { ok: T } | { refused: Refusal };

/** Thrown where a request is refused with another status than 400. */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

export function refused(status: number, kind: Kind, code: string, [message, messageZh]: Said, [hint, hintZh]: Said, problems: readonly Problem[] = []): Refused {
  return new Refused({ status, kind, code, message, messageZh, hint, hintZh, problems });
}

export const unknownJob = (name: string): Refused => refused(404, "not_found", "job", [`there is no replication ${name}`, `没有名为 ${name} 的任务`], ["look at the list", "请查看列表"]);

export const keyless = (cloud: string, account: string): Refused =>
  refused(503, "auth", "keys", [`the worker has no key of ${cloud} for the account ${account}`, `worker 没有账号 ${account} 在 ${cloud} 的密钥`], ["give it one in KEYS; nothing was lost", "请在 worker 的 KEYS 中配置该账号的密钥；未丢失任何内容"]);

const keysAreWrong = (message: string): Refusal => ({
  status: 503, kind: "auth", code: "keys", message: `the provider of the access keys gives what is no key: ${message}`, messageZh: `密钥的提供方给出的不是密钥：“${message}”`,
  hint: "correct it in KEYS or at the provider; nothing was lost", hintZh: "请在 KEYS 中或密钥的提供方处修正；未丢失任何内容", problems: [],
});

/** What went wrong, as it is told to the caller: of what is a defect here, nothing. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refused) return error.refusal;
  if (error instanceof ImgferryError) {
    const { kind, code, message, hint, hintZh, problems } = error;
    // No caller gives keys: those of the worker's provider are none.
    if (/^credentials\b/.test(code)) return keysAreWrong(message);
    return { status: 400, kind, code, message, hint, hintZh, problems };
  }
  if (error instanceof Error && /SQLITE_FULL/.test(error.message)) return FULL;
  if (error instanceof RangeError) return { ...INTERNAL, status: 400, kind: "invalid", code: "body", message: "the request is too deep or too large", messageZh: "请求嵌套过深或过大", hint: "send less", hintZh: "请减小请求" };
  return INTERNAL;
}

const FULL: Refusal = {
  status: 507, kind: "quota", code: "storage", message: "the storage of the worker is full: nothing more is sent, what is stored is kept", messageZh: "worker 的存储空间已满：不再发出任何请求，已存内容会保留",
  hint: "delete replications that have ended; what runs goes on by itself", hintZh: "请删除已结束的任务；运行中的任务会自行继续", problems: [],
};

const INTERNAL: Refusal = {
  status: 500, kind: "server", code: "worker", message: "the worker could not do this now", messageZh: "worker 此刻无法完成此操作",
  hint: "send it again: nothing is doubled; the logs of the worker tell the cause", hintZh: "请重试，不会重复执行；原因见 worker 日志", problems: [],
};

/** Why a replication stands still, for who looks at it: a turn that failed is tried again. */
export function stalled(error: unknown): Refusal {
  const refusal = refusalOf(error);
  return refusal === INTERNAL ? { ...INTERNAL, message: "a turn of this account failed: it is tried again by itself, nothing is doubled", messageZh: "该账号的一轮执行失败：会自动重试，不会重复执行", hint: "the logs of the worker tell the cause", hintZh: "原因见 worker 日志" } : refusal;
}

/** The result of that work, or why it was refused. */
export async function outcome<T>(work: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: await work() };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal.status === 500) throw error;
    return { refused: refusal };
  }
}

/** The result; what was refused is thrown. */
export function granted<T>(outcome: Outcome<T>): T {
  if ("refused" in outcome) throw new Refused(outcome.refused);
  return outcome.ok;
}
