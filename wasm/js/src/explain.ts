/**
 * Why something was refused, from whatever is in hand: a request with its answer, an exception of any vendor's client, a log.
 * It is a module of its own, and no part of the others.
 */
import { Bridge, camel, misuse, reading, record } from "./bridge.js";
import { loading } from "./loading.js";
import { errorOf } from "./thrown.js";
import type { Credentials, Evidence } from "./types.js";

import * as glue from "./explain-glue.js";
import { module } from "./explain-module.js";

export { ImgferryError, type ErrorDetails } from "./error.js";
export type { Credentials, Diagnosis, Evidence, Refusal, RefusedRequest } from "./types.js";

const bridge = /* @__PURE__ */ new Bridge(glue, "imgferry/explain", module, errorOf);
export const { init, initSync } = /* @__PURE__ */ loading(bridge);

/** What is known beside a text. */
export interface Hints {
  /** The cloud's answer, where it stands apart. */
  answer?: string;
  /** The key that was to sign: probable causes are tried by computing the signature anew. Nothing of it comes out. */
  credentials?: Credentials;
  /** When it was refused, where the answer has no `Date`. */
  nowMs?: number;
}

/**
 * Explains whatever is in hand of a refusal: requests (HTTP, curl lines, HAR, `{method, url, headers, body}`), answers, texts of
 * exceptions of the vendors' clients and of Packer or Terraform, lines of a log with any of these in them.
 */
export function investigate(text: string, hints: Hints = {}): Evidence {
  if (typeof hints !== "object" || hints === null) throw misuse("hints", "must be an object");
  const { answer, credentials, nowMs } = reading("hints", () => ({ ...hints }));
  return camel(JSON.parse(bridge.call((glue) => glue.investigate(record({ text, answer, credentials, nowMs }))))) as Evidence;
}
