import type * as tencent from "./tencent.js";
import type * as volcengine from "./volcengine.js";
import type * as huawei from "./huawei.js";
/** Parameters by cloud and operation. */
export interface Operations {
    tencent: tencent.Operations;
    volcengine: volcengine.Operations;
    huawei: huawei.Operations;
}
export type { tencent, volcengine, huawei };
