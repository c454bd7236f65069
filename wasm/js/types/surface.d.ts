import { TextBridge } from "./bridge.js";
import { type JobConstructor, type JobGlue, type Telling } from "./jobs.js";
import { type Listing } from "./listing.js";
import { type Loading } from "./loading.js";
import type { LongGlue } from "./long.js";
import { type OperatingGlue, type PlanGlue, type Planning } from "./operations.js";
import { type SignerConstructor, type SignerGlue } from "./signer.js";
import { type Signing, type SigningGlue, type Verifying, type VerifyingGlue } from "./signing.js";
import { type Speaking, type Texts } from "./texts.js";
/** All three levels. */
export interface Surface extends Loading, Speaking, Signing, Verifying, Planning, Listing, Telling {
    Job: JobConstructor;
    Signer: SignerConstructor;
}
/** What levels 1 and 2 need of a module. */
type CallsGlue = SigningGlue & OperatingGlue & LongGlue & SignerGlue;
/** All three levels on a module; `module` gives it, or else the user does. `calls` is that of levels 1 and 2, where they have their own. */
export declare function surface(glue: CallsGlue & VerifyingGlue & PlanGlue & JobGlue, entry: string, texts: Texts, module?: () => unknown, calls?: (whole: TextBridge<CallsGlue>) => TextBridge<CallsGlue> & {
    loading: Loading;
}): Surface;
export {};
