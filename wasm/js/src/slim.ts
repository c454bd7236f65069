/**
 * imgferry without its WebAssembly module: `init` or `initSync` is given `imgferry/imgferry.wasm`, compiled, as bytes, or
 * as a URL, before anything else is called.
 */
import { jobs, telling } from "./jobs.js";
import { listing } from "./listing.js";
import { planning } from "./operations.js";
import { part } from "./part.js";
import { signers } from "./signer.js";
import { finishing, preparing, signing, verifying } from "./signing.js";
import { bridges } from "./bridges.js";
import { speaking } from "./texts.js";

import * as glue from "./imgferry-glue.js";
import { more, texts as all } from "./imgferry-texts.js";

export * from "./names.js";

const both = /* @__PURE__ */ bridges(glue, "imgferry/slim", all);
const whole = /* @__PURE__ */ part(both, "whole");
const calls = /* @__PURE__ */ part(both, "calls");
const load = /* @__PURE__ */ part(both, "load");
const received = /* @__PURE__ */ verifying(whole);
const level2 = /* @__PURE__ */ planning(whole, calls);

export const init = /* @__PURE__ */ part(load, "init");
export const initSync = /* @__PURE__ */ part(load, "initSync");
export const sign = /* @__PURE__ */ signing(calls);
export const prepare = /* @__PURE__ */ preparing(calls);
export const finish = /* @__PURE__ */ finishing(calls);
export const verify = /* @__PURE__ */ part(received, "verify");
export const diagnose = /* @__PURE__ */ part(received, "diagnose");
export const check = /* @__PURE__ */ part(level2, "check");
export const build = /* @__PURE__ */ part(level2, "build");
export const request = /* @__PURE__ */ part(level2, "request");
export const read = /* @__PURE__ */ part(level2, "read");
export const explain = /* @__PURE__ */ part(level2, "explain");
export const regions = /* @__PURE__ */ part(level2, "regions");
export const operations = /* @__PURE__ */ part(level2, "operations");
export const parameters = /* @__PURE__ */ part(level2, "parameters");
export const rules = /* @__PURE__ */ part(level2, "rules");
export const needs = /* @__PURE__ */ part(level2, "needs");
export const texts = /* @__PURE__ */ part(/* @__PURE__ */ speaking(calls, all, more), "texts");
export const listImages = /* @__PURE__ */ part(/* @__PURE__ */ listing(calls), "listImages");
export const eventsOf = /* @__PURE__ */ part(/* @__PURE__ */ telling(whole), "eventsOf");
export const Job = /* @__PURE__ */ jobs(whole);
export const Signer = /* @__PURE__ */ signers(calls);
export type Job = import("./jobs.js").Job;
export type Signer<C extends import("./types.js").Cloud = import("./types.js").Cloud> = import("./signer.js").Signer<C>;
