// A page in the system's Chromium, with a profile of its own that is thrown away.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

export async function openPage() {
  const executablePath = execFileSync("sh", ["-c", "command -v chromium || command -v chromium-browser || command -v google-chrome"], { encoding: "utf8" }).trim();
  const profile = mkdtempSync(join(tmpdir(), "imgferry-chromium-"));
  const browser = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args: QUIET });
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  return {
    page,
    close: async () => {
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
