import { TextBridge } from "./bridge.js";
import { type JobConstructor, type JobGlue, type Telling, jobs, telling } from "./jobs.js";
import { type Listing, listing } from "./listing.js";
import { type Loading, loading } from "./loading.js";
import type { LongGlue } from "./long.js";
import { type OperatingGlue, type PlanGlue, type Planning, planning } from "./operations.js";
import { type SignerConstructor, type SignerGlue, signers } from "./signer.js";
import { type Signing, type SigningGlue, type Verifying, type VerifyingGlue, signing, verifying } from "./signing.js";
import { type Speaking, type Texts, speaking, spoken } from "./texts.js";
import { errorOf } from "./thrown.js";

/** All three levels. */
export interface Surface extends Loading, Speaking, Signing, Verifying, Planning, Listing, Telling {
  Job: JobConstructor;
  Signer: SignerConstructor;
}

/** What levels 1 and 2 need of a module. */
type CallsGlue = SigningGlue & OperatingGlue & LongGlue & SignerGlue;

/** All three levels on a module; `module` gives it, or else the user does. `calls` is that of levels 1 and 2, where they have their own. */
export function surface(
  glue: CallsGlue & VerifyingGlue & PlanGlue & JobGlue,
  entry: string,
  texts: Texts,
  module?: () => unknown,
  calls?: (whole: TextBridge<CallsGlue>) => TextBridge<CallsGlue> & { loading: Loading },
): Surface {
  const bridge = new TextBridge(glue, entry, module, errorOf);
  const own = calls?.(bridge);
  const first = spoken(own ?? bridge, texts);
  return { ...(own?.loading ?? loading(bridge)), ...speaking(first, texts), ...signing(first), ...verifying(bridge), ...planning(bridge, first), ...listing(first), ...telling(bridge), Job: jobs(bridge), Signer: signers(first) };
}
