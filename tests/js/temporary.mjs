// What a test leaves nowhere: folders and processes, which end with the test's own process however that ends.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const leftovers = new Set();

process.on("exit", () => leftovers.forEach((remove) => remove()));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));

/** An empty folder outside of the tree. */
export function folder() {
  const path = mkdtempSync(join(tmpdir(), "imgferry-"));
  // A browser that was just closed may still write.
  leftovers.add(() => rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  return path;
}

/** That process, which is killed with this one. */
export function child(process) {
  const kill = () => process.kill("SIGKILL");
  leftovers.add(kill);
  process.once("exit", () => leftovers.delete(kill));
  return process;
}
