// The core in the page: checks, regions and words. It holds no keys.
import { init } from "imgferry";
import type { Cloud } from "imgferry";
import { useEffect, useState } from "preact/hooks";

export const CLOUDS: readonly Cloud[] = ["tencent", "volcengine", "huawei"];

/** Whether the module is there. */
export function useModule(): boolean {
  const [ready, setReady] = useState(false);
  useEffect(() => void init().then(() => setReady(true)), []);
  return ready;
}
