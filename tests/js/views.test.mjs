// What a reader of the console sees stands in its address; order, way back and long names; and which of two consoles drives the demo.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { defects, openPage } from "./chromium.mjs";
import { folder } from "./temporary.mjs";

const consoleAt = join(import.meta.dirname, "../../wasm/console");
const { serve } = await import(join(consoleAt, "serve.mjs"));
const root = folder();
const LONG = "l".repeat(100);
const broken = [];
let [site, browser, page] = [];

before(async () => {
  // Into a folder of its own: another test builds the console too.
  execFileSync("npx", ["vite", "build", "--logLevel", "warn", "--emptyOutDir", "--outDir", root], { cwd: consoleAt, stdio: "inherit" });
  site = await serve(0, root);
  browser = await openPage();
  ({ page } = browser);
  page.setDefaultTimeout(60_000);
  defects(page, site.url, broken);
  await page.goto(site.url);
  await page.evaluate(() => localStorage.setItem("imgferry", JSON.stringify({ mode: "demo", language: "en", theme: "light" })));
  await page.reload();
  await page.waitForSelector("main h1");
  await create("gamma10", ["ap-shanghai"]);
  await create("gamma9", ["ap-shanghai", "ap-singapore", "ap-tokyo"]);
  await create(LONG, ["ap-beijing"]);
});
after(async () => {
  await browser?.close();
  site?.close();
});

const create = (name, to) => page.evaluate(([name, to]) => globalThis.imgferryConsole.create(name, { copies: [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to, name: name.slice(0, 60) }] }), [name, to]);
async function go(path) {
  await page.evaluate((hash) => (location.hash = hash), `#/${path}`);
  await page.waitForFunction(() => document.querySelector("main h1") && !document.querySelector('main > p[role="status"]'));
}
const seen = async () => {
  await page.locator("tbody th a").first().waitFor();
  return page.locator("tbody th a").allInnerTexts();
};

test("replications are sorted by a column with the keyboard alone, as the address says, and the way back undoes it", async () => {
  await go("");
  const [asTheyWere, names] = [await seen(), ["gamma9", "gamma10", LONG]];
  assert.deepEqual([...asTheyWere].sort(), [...names].sort());
  const order = () => page.locator("thead th").evaluateAll((heads) => heads.map((head) => head.getAttribute("aria-sort")));
  assert.deepEqual(await order(), Array(6).fill("none"));
  await page.getByRole("columnheader", { name: "Name" }).getByRole("button").focus();
  await page.keyboard.press("Enter");
  // Numbers within names count as such.
  assert.deepEqual([await seen(), (await order())[1], new URL(page.url()).hash], [["gamma9", "gamma10", LONG], "ascending", "#/?sort=name"]);
  await page.keyboard.press("Space");
  assert.deepEqual([await seen(), (await order())[1]], [[LONG, "gamma10", "gamma9"], "descending"]);
  await page.reload();
  assert.deepEqual([await seen(), new URL(page.url()).hash], [[LONG, "gamma10", "gamma9"], "#/?sort=-name"]);
  await page.goBack();
  await page.waitForFunction(() => document.querySelector('[aria-sort="ascending"]'));
  await page.goBack();
  await page.waitForFunction(() => !document.querySelector('[aria-sort="ascending"]'));
  assert.deepEqual(await seen(), asTheyWere);
  for (const sort of ["", "nothing", "-", "--name", "constructor", "__proto__"]) {
    await go(`?sort=${sort}`);
    assert.deepEqual(await seen(), asTheyWere, sort);
  }
  for (const column of ["State", "Progress", "Clouds", "Begun", "Took"]) {
    await go("");
    await page.getByRole("columnheader", { name: column }).getByRole("button").click();
    await page.waitForFunction(() => document.querySelector('[aria-sort="ascending"]'));
    assert.deepEqual([...(await seen())].sort(), [...names].sort(), column);
  }
});

test("a filter and what is sought are in the address, and what is typed is one step of the way back", async () => {
  await go("images");
  await go("");
  await page.getByLabel("Find by name").pressSequentially("gamma1");
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
  assert.equal(new URL(page.url()).hash, "#/?find=gamma1");
  await page.reload();
  assert.deepEqual(await seen(), ["gamma10"]);
  assert.equal(await page.getByLabel("Find by name").inputValue(), "gamma1");
  await page.goBack();
  await page.getByRole("heading", { name: "Images" }).waitFor();
  await go("?state=nonsense&find=%E0%A4%A");
  await page.getByText("None matches.").waitFor();
  await page.locator(".empty").getByRole("button", { name: "All" }).click();
  assert.equal((await seen()).length, 3);
  assert.equal(new URL(page.url()).hash, "#/");
});

test("a lane that is looked at is in the address; who closes it is where it was opened", async () => {
  await go("job/gamma9");
  await page.getByRole("button", { name: "ap-tokyo" }).click();
  const panel = page.getByRole("complementary");
  await panel.getByRole("heading", { name: /ap-tokyo/ }).waitFor();
  const { href } = new URL(page.url());
  assert.match(href, /#\/job\/gamma9\?lane=tencent\+2$/);
  await page.reload();
  await panel.getByRole("heading", { name: /ap-tokyo/ }).waitFor();
  await page.getByRole("button", { name: "ap-shanghai" }).click();
  await panel.getByRole("heading", { name: /ap-shanghai/ }).waitFor();
  await page.goBack();
  await panel.getByRole("heading", { name: /ap-tokyo/ }).waitFor();
  await panel.getByRole("heading", { name: /ap-tokyo/ }).focus();
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "ap-tokyo");
  await page.getByLabel("Find a destination").fill("shang");
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
  assert.match(page.url(), /#\/job\/gamma9\?find=shang$/);
  // Where the panel stands below the rows, it is what is seen.
  await page.setViewportSize({ width: 390, height: 700 });
  await page.goto(href);
  await page.reload();
  await panel.waitFor();
  await page.waitForFunction(() => document.querySelector(".panel").getBoundingClientRect().top < 350);
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("a lane of two thousand that a link names is among the rows that are drawn", async () => {
  // On a cloud of its own: a source that so many copies are made of is busy for others.
  const copies = Array.from({ length: 2000 }, (_, at) => ({ cloud: "volcengine", image: "image-4431h3l7hl31a0example", from: "cn-beijing", to: ["cn-shanghai"], name: `many-${at}` }));
  await page.evaluate((copies) => globalThis.imgferryConsole.create("many", { copies }), copies);
  await page.goto(`${site.url}#/job/many?lane=volcengine+1500`);
  await page.reload();
  await page.locator("tr.chosen").filter({ hasText: "many-1500" }).waitFor();
  await page.evaluate(() => globalThis.imgferryConsole.cancel("many"));
});

test("the cloud and region of images are in the address, and choosing them keeps the keyboard where it is", async () => {
  await go("images");
  await page.getByLabel("Region").focus();
  await page.getByLabel("Region").selectOption("ap-shanghai");
  await page.waitForFunction(() => location.hash === "#/images/tencent/ap-shanghai");
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "SELECT");
  await page.getByLabel("Cloud").selectOption("huawei");
  await page.waitForFunction(() => location.hash === "#/images/huawei");
  assert.equal(await page.getByLabel("Region").inputValue(), "cn-north-4");
  await page.goBack();
  await page.waitForFunction(() => location.hash === "#/images/tencent/ap-shanghai");
  assert.equal(await page.getByLabel("Region").inputValue(), "ap-shanghai");
});

test("a name as long as may be leaves every column to be seen, wide and narrow", async () => {
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await go("images");
    await go("");
    await seen();
    const [box, last] = await page.evaluate(() => [document.querySelector(".rows"), [...document.querySelectorAll("thead th")].filter((head) => head.offsetWidth > 0).at(-1)].map((part) => part.getBoundingClientRect().right));
    assert.ok(last <= box + 1, `${width}: the last column ends at ${last}, the box at ${box}`);
    for (const path of [`job/${LONG}`, `job/${LONG}?lane=tencent+0`]) {
      await go(path);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, `${path} ${width}`);
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("after an upgrade the old tab is told in one line, does nothing more, and goes on when it is loaded anew", async (t) => {
  await go("");
  // A newer version: its worker has another address.
  const assets = join(root, "assets");
  const [worker] = readdirSync(assets).filter((name) => name.startsWith("demo.worker-"));
  const kept = folder();
  cpSync(root, kept, { recursive: true });
  renameSync(join(assets, worker), join(assets, "demo.worker-newer.js"));
  for (const name of readdirSync(assets).filter((name) => name.endsWith(".js"))) writeFileSync(join(assets, name), readFileSync(join(assets, name), "utf8").replaceAll(worker, "demo.worker-newer.js"));
  t.after(() => (rmSync(root, { recursive: true }), cpSync(kept, root, { recursive: true })));
  const newer = await page.context().newPage();
  t.after(() => newer.close());
  await newer.goto(site.url);
  await newer.waitForSelector("tbody tr");
  assert.equal(await newer.locator(".flash[role=alert]").count(), 0);
  const told = page.locator(".flash[role=alert]");
  await told.filter({ hasText: /A newer version of the console runs in another tab/ }).waitFor();
  const refused = await page.evaluate(() => globalThis.imgferryConsole.create("late", { copies: [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai"], name: "late" }] }).catch(({ message, hint }) => `${message} ${hint}`));
  assert.match(refused, /goes on in another tab[\s\S]*Reload/);
  // What was under way goes on in the newer one, once.
  await newer.goto(`${site.url}#/job/gamma9`);
  await newer.locator(".title .status", { hasText: "done" }).waitFor({ timeout: 120_000 });
  const { images } = await newer.evaluate(() => globalThis.imgferryConsole.images("tencent", "ap-tokyo"));
  assert.equal(images.filter(({ name }) => name === "gamma9").length, 1);
  await told.getByRole("button", { name: "Reload" }).click();
  await page.waitForSelector("tbody tr");
  assert.equal(await told.count(), 0);
  await page.evaluate(() => globalThis.imgferryConsole.create("late", { copies: [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai"], name: "late" }] }));
  await newer.goto(`${site.url}#/job/late`);
  await newer.getByRole("heading", { name: "late" }).waitFor();
});

test("nothing was stopped by the content security policy, and nothing threw", () => {
  assert.deepEqual(broken, []);
});
