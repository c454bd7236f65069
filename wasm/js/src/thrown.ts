import { camel } from "./bridge.js";
import { ImgferryError } from "./error.js";

/** What the whole module throws, as a real error: a record as JSON text. All else comes of handles that are not good any more. */
export function errorOf(thrown: unknown): ImgferryError {
  if (typeof thrown === "string" && thrown) {
    const { message, ...details } = camel(JSON.parse(thrown)) as { message: string };
    return new ImgferryError(message, details);
  }
  return new ImgferryError("the handle is gone: it was freed, or the module was started anew", {
    code: "module.handle",
    hint: "restore a job from its journal; make a signer anew",
    hintZh: "请从日志恢复作业，或重建签名器",
    cause: thrown,
  });
}
