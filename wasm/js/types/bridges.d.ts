import { TextBridge } from "./bridge.js";
import { type Loading } from "./loading.js";
import type { LongGlue } from "./long.js";
import type { JobGlue } from "./operations.js";
import type { SignerGlue } from "./signer.js";
import { type Texts } from "./texts.js";
/** What levels 1 and 2 need of a module. */
type CallsGlue = LongGlue & SignerGlue;
/** The bridges to the whole module: that of all three levels, and that of levels 1 and 2 alone. */
export interface Bridges {
    whole: TextBridge<CallsGlue & JobGlue>;
    calls: TextBridge<CallsGlue>;
    load: Loading;
}
/** Bridges to a module; `module` gives it, or else the user does. `calls` is that of levels 1 and 2, where they have their own. */
export declare function bridges(glue: CallsGlue & JobGlue, entry: string, texts: Texts, module?: () => unknown, calls?: (whole: TextBridge<CallsGlue>) => TextBridge<CallsGlue> & {
    loading: Loading;
}): Bridges;
export {};
