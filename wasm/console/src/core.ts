// The core in the page: checks, regions and words. It holds no keys.
import { init, texts } from "imgferry";
import type { Cloud } from "imgferry";
import { useEffect, useState } from "preact/hooks";

export const CLOUDS: readonly Cloud[] = ["tencent", "volcengine", "huawei"];

/** Whether the module is there, with its texts in both languages; where the Chinese ones do not arrive, rules go by their ids. */
export function useModule(): boolean {
  const [ready, setReady] = useState(false);
  useEffect(() => void Promise.all([init(), texts("zh").catch(() => {})]).then(() => setReady(true)), []);
  return ready;
}
