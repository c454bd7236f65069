// A page in the system's Chromium, with a profile of its own that is thrown away.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { folder } from "./temporary.mjs";

const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

/** `more` are further parameters of the browser, `preferences` what its user has chosen before. */
export async function openPage(more = [], preferences = {}) {
  const executablePath = execFileSync("sh", ["-c", "command -v chromium || command -v chromium-browser || command -v google-chrome"], { encoding: "utf8" }).trim();
  const profile = folder();
  mkdirSync(join(profile, "Default"));
  writeFileSync(join(profile, "Default/Preferences"), JSON.stringify(preferences));
  const browser = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args: [...QUIET, ...more], timeout: 300_000 });
  const page = await browser.newPage();
  page.setDefaultTimeout(300_000);
  return { page, close: () => browser.close() };
}
