import { type JobConstructor, type JobGlue, type Telling } from "./jobs.js";
import { type Listing } from "./listing.js";
import { type Operating, type OperatingGlue } from "./operations.js";
import { type SignerConstructor, type SignerGlue } from "./signer.js";
import { type Loading } from "./small.js";
import { type Signing, type SigningGlue, type Verifying, type VerifyingGlue } from "./signing.js";
/** All three levels. */
export interface Surface extends Loading, Signing, Verifying, Operating, Listing, Telling {
    Job: JobConstructor;
    Signer: SignerConstructor;
}
/** All three levels on a module; `module` gives it, or else the user does. */
export declare function surface(glue: SigningGlue & VerifyingGlue & OperatingGlue & JobGlue & SignerGlue, entry: string, module?: () => unknown): Surface;
