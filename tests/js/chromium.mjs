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

/** What throws in `page` and what its content security policy stops, added to `found` as it comes: each is a defect.
 * An answer that fails or does not arrive is one only if the page's own server, `own`, owed it: of any other the page itself has to tell. */
export function defects(page, own, found) {
  page.on("console", (message) => {
    const lost = message.text().startsWith("Failed to load resource") && !(own && message.location().url.startsWith(own));
    if (message.type() === "error" && !lost) found.push(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => found.push(String(error)));
}
