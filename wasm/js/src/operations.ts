import { type AskingGlue, asked, told } from "./ask.js";
import { Bridge, camel, exact, misuse, reading, record, text, withBody } from "./bridge.js";
import type { KeepingGlue } from "./handle.js";
import { type LongGlue, longReader } from "./long.js";
import type { Operations } from "./params/index.js";
import type { Answer, At, Call, Cloud, Credentials, Explanation, Field, Need, Operation, Plan, Problem, Region, Reply, Request, Rule, Trust } from "./types.js";

/** What plans and jobs need of the module. */
export interface JobGlue extends KeepingGlue {
  /**
   * The answer to a question of that name: to the job of that number, or to nobody. What time, count, texts and body are, it tells
   * by itself. Errors begin with NUL.
   */
  job(number: number, question: string, nowMs: number, count: number, text: string, more: string, body?: Uint8Array | null): string;
}

/** Level 2: one operation of one of these clouds. The literal name of the operation brings the type of its parameters. */
export interface Operating<K extends Cloud = Cloud> {
  /** Checks every documented rule of an operation: all findings at once, nothing converted, nothing sent. */
  check<C extends K, O extends keyof Operations[C] & string>(cloud: C, operation: O, params: Operations[C][O], at: At): Problem[];
  /**
   * Checks and builds the request of an operation, complete but for the signature.
   * @throws {ImgferryError} with all findings in `problems` when a rule of severity error is broken.
   */
  build<C extends K, O extends keyof Operations[C] & string>(cloud: C, operation: O, params: Operations[C][O], at: At): Call;
  /** Checks, builds and signs the request of an operation for this moment. Sign at every send; a stored signature is a broken retry. */
  request<C extends K, O extends keyof Operations[C] & string>(
    cloud: C,
    operation: O,
    params: Operations[C][O],
    at: At,
    credentials: Credentials,
    timeMs: number,
  ): Request;
  /**
   * Reads an answer. Total: any status and any body give a reply or an error. What it repeats of the secret and the token of
   * `credentials` is replaced by `REDACTED`, in whatever form. With the parameters that were sent, an id that was sent is
   * never taken for that of a new image.
   *
   * A list of more than 1,000 rows, which no page of these clouds holds, is in `imgferry` an array whose rows are made when
   * they are asked for: it cannot be changed, and `Array.from` gives one that can.
   * @throws {ImgferryError} for what the cloud refused, with kind, code, message, request id and advice.
   */
  read<C extends K>(cloud: C, operation: keyof Operations[C] & string, answer: Answer, credentials?: Credentials | null, params?: object): Reply;
  /**
   * What an error code of a cloud means and what to do; `status` helps with codes that are not in the catalogue,
   * `message`, the cloud's, where one code stands for several troubles.
   */
  explain(cloud: K, code: string, status?: number, message?: string): Explanation;
  /** The regions known for a cloud, sorted by id. A region that is not listed is a warning, never a wall. */
  regions(cloud: K): Region[];
  /** The operations known for a cloud, sorted by name, with their parameters. */
  operations(cloud: K): Operation[];
  /** The parameters of an operation, as its table has them. What each means is told by the interfaces of parameters. */
  parameters<C extends K>(cloud: C, operation: keyof Operations[C] & string): Field[];
  /** Every rule that `check` knows for a cloud, or, without one, of the shapes of parameters and, where the module has plans, of those. */
  rules(cloud?: K): Rule[];
}

/** Level 3 begins with a plan. */
export interface Planning extends Operating {
  check: Operating["check"] & {
    /** Checks every documented rule of a plan, for every destination, before the first call. */
    (plan: Plan, trust?: Trust): Problem[];
  };
  /** Every operation that carrying out a plan can call, by cloud, name, region and purpose: what a policy must allow. Nothing is sent. */
  needs(plan: Plan): Need[];
}

export function planning(bridge: Bridge<JobGlue>, calls: Bridge<LongGlue>): Planning {
  const operations = operating(calls, longReader(calls));
  return {
    ...operations,
    check(first: Cloud | Plan, second?: string | Trust, ...more: [params?: any, at?: any]): Problem[] {
      if (typeof first === "string") return operations.check(first, second as never, ...(more as [never, At]));
      return camel(JSON.parse(bridge.call((glue) => told(glue.job(0, "check", 0, 0, record(first, "plan"), trusted(second as Trust | undefined)))))) as Problem[];
    },
    needs: (plan) => JSON.parse(bridge.call((glue) => told(glue.job(0, "needs", 0, 0, record(plan, "plan"), "")))) as Need[],
  };
}

/** `long` reads the answers that it can read row by row. */
export function operating(bridge: Bridge<AskingGlue>, long?: ReturnType<typeof longReader>): Operating {
  const ask = (name: string, input: unknown): unknown => JSON.parse(asked(bridge, name, input));
  return {
    check: (cloud, operation, params, at) => camel(ask("check", { cloud, operation, params, at })) as Problem[],
    build: (cloud, operation, params, at) => ask("build", { cloud, operation, params, at }) as Call,
    request: (cloud, operation, params, at, credentials, timeMs) =>
      requestOf(asked(bridge, "request", { cloud, operation, params, at, credentials, timeMs }, undefined, true)),
    read(cloud, operation, given, credentials, params) {
      const [answer, body] = withBody(given, "answer");
      const byRows = credentials ? undefined : long?.(body ?? answer["body"], { cloud, operation, answer: { ...answer, body: undefined }, params });
      if (byRows) return byRows;
      const told = asked(bridge, "read", { cloud, operation, answer, credentials: credentials ?? undefined, params }, body);
      const { request_id, facts, data } = exact(told) as Record<string, unknown>;
      return { requestId: request_id, facts: camel(facts), data } as Reply;
    },
    explain: (cloud, code, status, message) => camel(ask("explain", { cloud, code, status, message })) as Explanation,
    regions: (cloud) => camel(ask("regions", { cloud })) as Region[],
    operations: (cloud) => camel(ask("operations", { cloud })) as Operation[],
    parameters: (cloud, operation) => camel(ask("parameters", { cloud, operation })) as Field[],
    rules: (cloud) => camel(ask("rules", { cloud })) as Rule[],
  };
}

/** A signed request, which comes as texts joined by NUL: method, URL, body, then names and values of headers by turns. */
export function requestOf(text: string): Request {
  let from = 0;
  // Half the time of splitting it.
  const next = (): string => {
    const end = text.indexOf("\0", from);
    const part = text.slice(from, end < 0 ? undefined : end);
    from = end < 0 ? Infinity : end + 1;
    return part;
  };
  const [method, url, body] = [next(), next(), next()];
  const headers: Request["headers"] = [];
  while (from < Infinity) headers.push([next(), next()]);
  return { method, url, headers, body };
}

/** The hosts that the program trusts, one a line. */
export function trusted(given: Trust | undefined): string {
  return reading("trust", () => {
    const hosts = given?.trustedHosts ?? [];
    const isList = Array.isArray(hosts) && hosts.every((host) => typeof host === "string" && !host.includes("\n"));
    if (!isList) throw misuse("trustedHosts", "must be an array of host names");
    return text(hosts.join("\n"), "trustedHosts");
  });
}
