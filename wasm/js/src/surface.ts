import { Bridge } from "./bridge.js";
import { type JobConstructor, type JobGlue, type Telling, jobs, telling } from "./jobs.js";
import { type Listing, listing } from "./listing.js";
import { type Operating, type OperatingGlue, operating } from "./operations.js";
import { type SignerConstructor, type SignerGlue, signers } from "./signer.js";
import { type Loading, loading } from "./small.js";
import { type Signing, type SigningGlue, type Verifying, type VerifyingGlue, signing, verifying } from "./signing.js";
import { errorOf } from "./thrown.js";

/** All three levels. */
export interface Surface extends Loading, Signing, Verifying, Operating, Listing, Telling {
  Job: JobConstructor;
  Signer: SignerConstructor;
}

/** All three levels on a module; `module` gives it, or else the user does. */
export function surface(glue: SigningGlue & VerifyingGlue & OperatingGlue & JobGlue & SignerGlue, entry: string, module?: () => unknown): Surface {
  const bridge = new Bridge(glue, entry, module, errorOf);
  return { ...loading(bridge), ...signing(bridge), ...verifying(bridge), ...operating(bridge), ...listing(bridge), ...telling(bridge), Job: jobs(bridge), Signer: signers(bridge) };
}
