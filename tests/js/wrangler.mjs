// The edge worker in workerd, run by the vendor's own tool, with a configuration of the test's own.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KEYS } from "./sim.mjs";
import { folder } from "./temporary.mjs";

const worker = join(import.meta.dirname, "../../wasm/worker");
const wrangler = createRequire(join(worker, "package.json")).resolve("wrangler");
const { unstable_readConfig: readConfig } = await import(wrangler);
/** Nothing leaves this machine: no figures of use, no questions for newer versions. */
const QUIET = { WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", CLOUDFLARE_CF_FETCH_ENABLED: "false", CI: "1", NO_COLOR: "1" };

export const TOKENS = { reader: ["read"], launcher: ["read", "launch"], signer: ["sign"], nobody: [] };

/** The secrets of a worker: keys of the simulator, and a token for each of {@link TOKENS}, called as its owner. */
export const SECRETS = {
  KEYS: JSON.stringify({ default: KEYS }),
  TOKENS: JSON.stringify(Object.entries(TOKENS).map(([name, roles]) => ({ name, roles, sha256: createHash("sha256").update(name).digest("hex") }))),
};

/** The worker's own configuration with every cloud at that address, and what else a test changes. */
export function configured(url, vars = {}, changes = {}) {
  const { hostname, port } = new URL(url);
  const own = readConfig({ config: join(worker, "wrangler.toml") });
  const { name, main, compatibility_date, triggers, durable_objects, migrations, ratelimits } = own;
  const hosts = [`${hostname}:${port}`.replaceAll(".", "\\.")];
  const CLOUDS = { tencent: { endpoint: url, hosts }, volcengine: { endpoint: url, hosts }, huawei: { endpoint: `${url}/{region}`, hosts } };
  return { name, main, compatibility_date, triggers, durable_objects, migrations, ratelimits: [{ ...ratelimits[0], simple: { limit: 100_000, period: 60 } }], ...changes, vars: { ...own.vars, CLOUDS, ...SECRETS, ...vars } };
}

/** Starts it; what it stores is in that folder, and outlives it. */
export async function serveEdge(config, storage = folder()) {
  const file = join(folder(), "wrangler.json");
  writeFileSync(file, JSON.stringify(config));
  const bin = join(worker, "node_modules/wrangler/bin/wrangler.js");
  const parameters = ["dev", "--config", file, "--local", "--ip", "127.0.0.1", "--port", "0", "--inspector-port", "0", "--persist-to", storage, "--show-interactive-dev-session=false", "--test-scheduled"];
  // In a group of its own, so that workerd can be killed with it.
  const process_ = spawn(process.execPath, [bin, ...parameters], { cwd: worker, detached: true, env: { ...process.env, ...QUIET }, stdio: ["ignore", "pipe", "pipe"] });
  const kill = () => {
    try {
      process.kill(-process_.pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  };
  process.once("exit", kill);
  let logs = "";
  for (const out of [process_.stdout, process_.stderr]) out.on("data", (text) => (logs += text));
  const ended = once(process_, "exit");
  const url = await new Promise((resolve, reject) => {
    const look = () => {
      const [, url] = /Ready on (http:\S+)/.exec(logs) ?? [];
      if (url) resolve(url);
    };
    process_.stdout.on("data", look);
    ended.then(() => reject(new Error(`wrangler ended before the worker listened:\n${logs}`)));
  });
  return {
    url,
    logs: () => logs,
    /** Calls as the owner of a token. */
    as: (who, headers = {}) => async function call(method, path, body, more = {}) {
      const sent = body === undefined || typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
      const response = await fetch(`${url}${path}`, { method, body: sent, signal: AbortSignal.timeout(120_000), headers: { ...(who === undefined ? {} : { authorization: `Bearer ${who}` }), ...(sent === undefined ? {} : { "content-type": "application/json" }), ...headers }, ...more });
      const text = await response.text();
      // No answer of the worker, but wrangler's: on a busy machine it starts the runtime anew by itself, and says to send it again.
      if (text.startsWith("Your worker restarted mid-request")) return sleep(500).then(() => call(method, path, body, more));
      const json = response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : undefined;
      return { status: response.status, headers: response.headers, text, json };
    },
    /** Ends it as a power failure does. */
    stop: async () => {
      kill();
      process.off("exit", kill);
      await ended;
    },
  };
}
