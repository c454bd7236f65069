// The core in the page: checks, regions and words. It holds no keys.
import { explain, init, texts } from "imgferry";
import type { Cloud } from "imgferry";
import { useEffect, useState } from "preact/hooks";
import { Trouble, troubleOf, unloaded } from "./backend.js";
import { isZh } from "./text.js";

export const CLOUDS: readonly Cloud[] = ["tencent", "volcengine", "huawei"];

/** Whether the module is there, with its texts in both languages, or why not; where the Chinese ones do not arrive, rules go by their ids. */
export function useModule(): { ready: boolean; missing: Trouble | null } {
  const [ready, setReady] = useState(isReady);
  const [missing, setMissing] = useState<Trouble | null>(null);
  useEffect(() => void Promise.all([init(), texts("zh").catch(() => {})]).then(() => setReady((isReady = true)), (error) => setMissing(unloaded(error))), []);
  return { ready, missing };
}
let isReady = false;

const explained = (cloud: Cloud, code: string | null) => (isReady && code ? explain(cloud, code) : null);

/** What a code means, in the reader's language. Where nobody knows, that is said in Chinese; in English the message is enough: null. */
export function causeOf(cloud: Cloud, code: string | null): string | null {
  const told = explained(cloud, code);
  return told && isZh() ? told.causeZh : told?.known ? told.cause : null;
}

/** What somebody said in English, for who reads Chinese: as a quotation. */
export const quoted = (message: string): string => (isZh() ? `“${message}”` : message);

/** Why something went wrong, in one sentence of the reader's language: messages are in English, what their codes mean is in both. */
export function whyOf(cloud: Cloud, { code, message }: { code: string | null; message: string }): string {
  const cause = isZh() ? causeOf(cloud, code) : null;
  return cause === null ? quoted(message) : explained(cloud, code)?.known ? cause : `${cause}：${quoted(message)}`;
}

/** What the core threw: in Chinese by what its code means, before its own words. */
export function thrown(error: unknown): Trouble {
  const trouble = troubleOf(error);
  const { code = null } = (error ?? {}) as { code?: string | null };
  // Codes of its own are the same for every cloud.
  const told = isReady && code ? explain("tencent", code) : null;
  return told?.known ? new Trouble({ ...trouble.told(), messageZh: `${told.causeZh}（${trouble.message}）` }) : trouble;
}
