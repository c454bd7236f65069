// Jest and Vitest, in their Node environment.
import { writeFileSync } from "node:fs";
import { replicate } from "./replicate.js";

test("a replication on three clouds", async () => {
  writeFileSync("outcome.json", JSON.stringify(await replicate(process.env.SIM)));
}, 60_000);
