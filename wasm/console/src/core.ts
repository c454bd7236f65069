// The core in the page: checks, regions and words. It holds no keys.
import { explain, init, texts } from "imgferry";
import type { Cloud } from "imgferry";
import { useEffect, useState } from "preact/hooks";
import { Trouble, troubleOf } from "./backend.js";
import { isZh } from "./text.js";

export const CLOUDS: readonly Cloud[] = ["tencent", "volcengine", "huawei"];

/** Whether the module is there, with its texts in both languages; where the Chinese ones do not arrive, rules go by their ids. */
export function useModule(): boolean {
  const [ready, setReady] = useState(isReady);
  useEffect(() => void Promise.all([init(), texts("zh").catch(() => {})]).then(() => setReady((isReady = true))), []);
  return ready;
}
let isReady = false;

/** What a code means, in the reader's language; null where nobody knows. */
export function causeOf(cloud: Cloud, code: string | null): string | null {
  const told = isReady && code ? explain(cloud, code) : null;
  return told?.known ? (isZh() ? told.causeZh : told.cause) : null;
}

/** Why something went wrong, in one sentence of the reader's language: messages are in English, what their codes mean is in both. */
export const whyOf = (cloud: Cloud, { code, message }: { code: string | null; message: string }): string => (isZh() ? causeOf(cloud, code) : null) ?? message;

/** What the core threw: in Chinese by what its code means, before its own words. */
export function thrown(error: unknown): Trouble {
  const trouble = troubleOf(error);
  const { code = null } = (error ?? {}) as { code?: string | null };
  // Codes of its own are the same for every cloud.
  const told = isReady && code ? explain("tencent", code) : null;
  return told?.known ? new Trouble({ ...trouble.told(), messageZh: `${told.causeZh}（${trouble.message}）` }) : trouble;
}
