// A workerd process that serves a configuration of a folder on a loopback port.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { child } from "./temporary.mjs";

const WORKERD = join(import.meta.dirname, "node_modules/workerd/bin/workerd");

/** Starts it; `parameters` are further ones of `workerd serve`. */
export async function serveWorker(folder, parameters = [], config = "config.capnp") {
  const process = child(spawn(WORKERD, ["serve", config, "--control-fd=3", ...parameters], { cwd: folder, stdio: ["ignore", "inherit", "inherit", "pipe"] }));
  for await (const line of createInterface({ input: process.stdio[3] })) {
    const { event, socket, port } = JSON.parse(line);
    if (event === "listen" && socket === "http") {
      const ended = once(process, "exit");
      return {
        url: `http://127.0.0.1:${port}`,
        /** Ends it as a power failure does. */
        stop: () => process.kill("SIGKILL") && ended,
      };
    }
  }
  throw new Error("workerd ended before it listened");
}
