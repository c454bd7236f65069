// The console where things go astray around it: parts that do not arrive, a browser that keeps nothing, workers that answer strangely,
// two tabs, a clock that is set back. Each is told in the reader's language with the next step, and nothing typed is lost.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, test } from "node:test";
import { defects, openPage } from "./chromium.mjs";
import { folder } from "./temporary.mjs";

const consoleAt = join(import.meta.dirname, "../../wasm/console");
const { serve } = await import(join(consoleAt, "serve.mjs"));
const root = folder();
const broken = [];
let [site, browser, page, fake] = [];

before(async () => {
  // Into a folder of its own: other tests build the console too.
  execFileSync("npx", ["vite", "build", "--logLevel", "warn", "--emptyOutDir", "--outDir", root], { cwd: consoleAt, stdio: "inherit" });
  // The simulator's clock, for the test that sets it back.
  const [worker] = readdirSync(join(root, "assets")).filter((name) => name.startsWith("demo.worker-"));
  const code = join(root, "assets", worker);
  writeFileSync(code, `{ const now = Date.now; new BroadcastChannel("clock").onmessage = ({ data }) => void (Date.now = () => now() + data); }\n${readFileSync(code, "utf8")}`);
  site = await serve(0, root);
  browser = await openPage();
  ({ page } = browser);
  watched(page);
  await page.goto(site.url);
  fake = await strangers();
});
after(async () => {
  await browser?.close();
  fake?.close();
  site?.close();
});

/** What throws is a defect; that parts of the page do not arrive is what is tried here. */
function watched(page) {
  page.setDefaultTimeout(60_000);
  defects(page, undefined, broken);
}

/** A server that answers as `fake.answer` says. */
async function strangers() {
  const CORS = { "access-control-allow-origin": "*", "access-control-allow-headers": "*, authorization", "access-control-allow-methods": "*" };
  const told = { url: "", answer: () => [200, {}], close: () => server.close().closeAllConnections() };
  const server = createServer(async (request, response) => {
    if (request.method === "OPTIONS") return response.writeHead(204, CORS).end();
    const [status, body, cut] = await told.answer(new URL(request.url, told.url), request);
    const text = typeof body === "string" ? body : JSON.stringify(body);
    response.writeHead(status, { ...CORS, "content-type": "application/json", ...(cut && { "content-length": text.length + 100 }) });
    if (cut) return response.write(text, () => response.destroy());
    response.end(text);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  told.url = `http://127.0.0.1:${server.address().port}`;
  return told;
}

const show = (path) => page.evaluate((hash) => (location.hash = hash), `#/${path}`);
async function go(path) {
  await show(path);
  await page.waitForFunction(() => document.querySelector("main h1") && !document.querySelector('main > p[role="status"]'));
}
async function choose(choices) {
  await page.evaluate((choices) => (localStorage.setItem("imgferry", JSON.stringify(choices)), sessionStorage.setItem("imgferry-token", "somebody")), choices);
  await page.reload();
  await page.waitForSelector("main h1");
}
/** Leaves, so that the worker of all tabs ends, and comes back. */
async function again(path = "") {
  await page.goto("about:blank");
  await sleep(1000);
  await page.goto(`${site.url}#/${path}`);
}
const demo = (language = "en") => choose({ mode: "demo", language, theme: "light" });
const label = (text) => page.getByLabel(text, { exact: true });
const choice = (name) => page.getByRole("combobox", { name, exact: true });
const alert = (text) => page.getByRole("alert").filter({ hasText: text }).waitFor();
const begin = (name, more = {}) => page.evaluate(([name, more]) => globalThis.imgferryConsole.create(name, { copies: [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai"], name: "astray", ...more }] }), [name, more]);

test("a part that does not arrive is told with the next step, and all is there when it does", async () => {
  const lacks = async (what, path, expected) => {
    await page.context().route(what, (route) => route.fulfill({ status: 404, contentType: "text/html", body: "<h1>404</h1>" }));
    await again(path);
    await alert(expected);
    await page.context().unroute(what);
    await again(path);
    await page.waitForSelector("main h1");
    assert.equal(await page.getByRole("alert").count(), 0);
  };
  for (const [language, expected] of [["en", /could not be loaded: [\s\S]*Reload the page/], ["zh", /未能加载（[\s\S]*请重新加载页面/]]) {
    await demo(language);
    for (const part of ["explain", "images", "new"]) await lacks(new RegExp(`/assets/${part}-[^/]*\\.js`), part, expected);
    for (const [module, path] of [["imgferry", "new"], ["imgferry", "images"], ["explain", "explain"]]) await lacks(new RegExp(`/assets/${module}-[^/]*\\.wasm`), path, expected);
    await lacks(/\/assets\/demo\.worker-[^/]*\.js/, "", expected);
  }
});

test("a browser that lets the page keep nothing runs the demo, and says that nothing is kept", async (t) => {
  const { page, close } = await openPage([], { profile: { default_content_setting_values: { cookies: 2 } } });
  t.after(close);
  watched(page);
  await page.goto(site.url);
  await page.getByRole("alert").filter({ hasText: /lets the page keep nothing/ }).waitFor();
  await page.evaluate(() => globalThis.imgferryConsole.create("unkept", { copies: [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai"], name: "unkept" }] }));
  await page.locator("tbody th a", { hasText: "unkept" }).click();
  await page.locator(".title .status", { hasText: "done" }).waitFor({ timeout: 90_000 });
});

test("what answers like no worker of this version is told as that on every page, and one that breaks off as one that does not answer", async () => {
  for (const [language, strange, silent] of [["en", /no imgferry worker, or one of another version/, /does not answer/], ["zh", /不是 imgferry worker，或其版本不同/, /没有应答/]]) {
    await choose({ mode: "worker", language, address: fake.url });
    for (const [answer, expected] of [
      [() => [200, {}], strange], [() => [200, []], strange], [() => [200, "null"], strange], [() => [200, "<html>"], strange], [() => [404, "<html>"], strange],
      [({ pathname }) => [200, pathname === "/" ? { name: "imgferry", api: 2, caller: "x", roles: [], clouds: null } : {}], strange], [() => [200, '{"jobs": [', true], silent], [() => [502, "<html>"], silent],
    ]) {
      fake.answer = answer;
      for (const path of ["", "job/x", "images", "new"]) {
        await show(path);
        await page.reload();
        await alert(expected);
      }
    }
    // Of the right form at first, and of another inside: the page says so and goes on when it is loaded anew.
    fake.answer = () => [200, { jobs: [null], next: null }];
    await again();
    await alert(language === "en" ? /cannot show[\s\S]*another version/ : /无法显示[\s\S]*版本/);
  }
});

const ABOUT = { name: "imgferry", api: 1, caller: "somebody", roles: ["read", "launch"], accounts: ["default"], clouds: { huawei: { from: ["cn-north-4"], regions: ["cn-north-4", "cn-east-3"], names: null } }, limits: {} };

test("a worker of one cloud is begun with that cloud, and all its replications are listed", async () => {
  const jobs = Array.from({ length: 777 }, (_, at) => ({ name: `job-${at}`, by: "x", clouds: ["huawei"], createdMs: 1, endedMs: 2, state: "ended", exitCode: 0, counts: { ready: 1 } }));
  fake.answer = ({ pathname, searchParams }) => {
    const from = Number(searchParams.get("from"));
    if (pathname === "/jobs") return [200, { jobs: jobs.slice(from, from + 500), next: from + 500 < jobs.length ? from + 500 : null }];
    return [200, pathname === "/" ? ABOUT : { problems: [], images: [], next: null }];
  };
  await choose({ mode: "worker", language: "en", address: fake.url });
  await page.getByRole("button", { name: "All 777" }).waitFor();
  await go("new");
  const chosen = () => page.evaluate(() => [...document.querySelectorAll("main select")].map(({ selectedOptions: [option] }) => option?.textContent));
  assert.deepEqual(await chosen(), ["Huawei Cloud", "cn-north-4 · Beijing4"]);
  assert.equal(await label("Image").inputValue(), "", "no image of the demo");
  await page.getByRole("button", { name: "Add image" }).click();
  assert.deepEqual((await chosen()).slice(2), ["Huawei Cloud", "cn-north-4 · Beijing4"]);
  await go("images");
  await page.getByText("No own images in this region.").waitFor();
  assert.deepEqual(await chosen(), ["Huawei Cloud", "cn-north-4 · Beijing4"]);
});

test("names, ids and codes as long as they may be leave every column to be read, of few rows and of many", async () => {
  const LONG = ["x".repeat(128), "words ".repeat(40), "", null, "مرحبا 5", "\u202eevil", "镜像🚀"];
  const images = (count) => Array.from({ length: count }, (_, at) => ({ id: `465076de-dc36-4aec-80f5-${String(at).padStart(12, "0")}`, name: at < LONG.length ? LONG[at] : `image-${at}`, state: ["ready", "pending", "failed"][at % 3], rawState: "", percent: null, origin: null, ownership: "private" }));
  const error = { code: "InvalidParameterValue.".repeat(6), message: "m".repeat(300), hint: "do ".repeat(60), hintZh: "做".repeat(90) };
  const row = { cloud: "tencent", lane: 0, from: "ap-guangzhou", to: "ap-shanghai", image: "img-o3ycss2p", name: LONG[0], state: "failed", percent: null, launches: 1, launchedMs: 1, sinceMs: 1, nextMs: null, etaMs: null, imageId: null, requestIds: ["r".repeat(200)], error };
  let count = 12;
  fake.answer = ({ pathname }) => {
    if (pathname === "/images") return [200, { images: images(count), next: null }];
    if (pathname === "/jobs/long") return [200, { name: "long", by: "x", clouds: ["tencent"], createdMs: Date.now() - 5000, endedMs: null, state: "running", exitCode: 3, counts: { failed: 1 }, rows: [row], parts: [], seq: "1", next: null }];
    return [200, pathname === "/" ? { ...ABOUT, clouds: null } : { jobs: [], events: [], problems: [], next: null }];
  };
  for (const [language, width] of [["en", 1440], ["zh", 390]]) {
    await page.setViewportSize({ width, height: 900 });
    await choose({ mode: "worker", language, address: fake.url });
    for (const [path, rows] of [["images/huawei/cn-north-4", 12], ["images/huawei/cn-south-1", 300], ["job/long", 1]]) {
      count = rows;
      await go(path);
      await page.locator("tbody tr").first().waitFor();
      const told = await page.evaluate(() => ({
        over: document.documentElement.scrollWidth - innerWidth,
        tallest: Math.max(...[...document.querySelectorAll("tbody tr:not(.space)")].map((row) => row.getBoundingClientRect().height)),
        // What is read whole: states, ids where they have a column, buttons, the time axis.
        cut: [...document.querySelectorAll("td .status, td code, td .button, td .lane")].filter((part) => part.getClientRects().length > 0 && part.getBoundingClientRect().right > Math.min(innerWidth, part.closest("td").getBoundingClientRect().right)).map((part) => part.outerHTML),
        beyond: [...document.querySelectorAll("tbody tr:not(.space) > *")].filter((cell) => cell.scrollWidth > cell.clientWidth && getComputedStyle(cell).overflowX === "visible").length,
      }));
      assert.deepEqual([told.over, told.cut, told.beyond], [0, [], 0], `${path} ${width}`);
      assert.ok(told.tallest < 300, `${path} ${width}: ${told.tallest} pixels`);
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("answers that come late, of a region that is not looked at any more, are not shown", async () => {
  const image = (region, page) => ({ id: `${region}-${page}`, name: `${region} page ${page}`, state: "ready", rawState: "", percent: null, origin: null, ownership: "private" });
  fake.answer = async ({ pathname, searchParams }) => {
    if (pathname !== "/images") return [200, pathname === "/" ? { ...ABOUT, clouds: null } : { jobs: [], problems: [], next: null }];
    const [region, page] = [searchParams.get("region"), searchParams.get("page") ?? "1"];
    if (page === "2" || region === "ap-beijing") await sleep(1500);
    return [200, { images: [image(region, page)], next: page === "1" ? "2" : null }];
  };
  await choose({ mode: "worker", language: "en", address: fake.url });
  await go("images/tencent/ap-guangzhou");
  await page.getByRole("button", { name: "More" }).click();
  await choice("Region").selectOption("ap-shanghai");
  await page.getByText("ap-shanghai page 1").waitFor();
  await sleep(2000);
  assert.deepEqual(await page.locator("tbody th").allInnerTexts(), ["ap-shanghai page 1"]);
  await go("new");
  const anew = page.getByRole("button", { name: "Begin anew" });
  if ((await anew.count()) > 0) await anew.click();
  assert.equal(await anew.count(), 0);
  await choice("Source region").selectOption("ap-beijing");
  await page.getByRole("button", { name: "List images" }).click();
  await choice("Source region").selectOption("ap-shanghai");
  await page.getByRole("button", { name: "List images" }).click();
  await page.locator(".pick").getByText("ap-shanghai page 1").waitFor();
  await sleep(2000);
  assert.deepEqual(await page.locator(".pick li button > span:first-child:not(.status)").allInnerTexts(), ["ap-shanghai page 1"]);
});

test("who has left a page is not fetched back when what was begun there comes to its end", async () => {
  let arrived;
  const begun = new Promise((resolve) => (arrived = resolve));
  fake.answer = async ({ pathname }, { method }) => {
    if (method === "PUT") return arrived(), await sleep(1500), [201, { name: "slow" }];
    return [200, pathname === "/" ? { ...ABOUT, clouds: null } : { jobs: [], images: [], problems: [], next: null }];
  };
  await choose({ mode: "worker", language: "en", address: fake.url });
  await go("new/tencent/ap-guangzhou/img-o3ycss2p");
  await page.getByRole("button", { name: "Start the replication" }).click();
  await begun;
  await go("images");
  await sleep(2500);
  assert.match(await page.evaluate(() => location.hash), /^#\/images/);
});

test("while a worker keeps one waiting that is said, and what is wrong is said in the reader's language, not the browser's", async () => {
  fake.answer = () => new Promise(() => {});
  await demo("zh");
  await go("settings");
  await label("Worker：通过边缘 worker 使用真实的云").check();
  for (const [address, token, expected] of [["", "somebody", /不是 worker 的地址/], ["no address", "somebody", /不是 worker 的地址/], [fake.url, "", /没有令牌/]]) {
    await label("worker 地址").fill(address);
    await page.getByLabel("令牌").fill(token);
    await page.getByRole("button", { name: "保存" }).click();
    await alert(expected);
  }
  await page.getByLabel("令牌").fill("somebody");
  await page.getByRole("button", { name: "保存" }).click();
  await page.getByRole("status").filter({ hasText: "连接中" }).waitFor();
  fake.answer = () => [200, ABOUT];
});

test("what one tab chooses another does not undo, and what nobody can choose is not kept", async (t) => {
  await demo();
  await go("settings");
  const other = await page.context().newPage();
  t.after(() => other.close());
  watched(other);
  await other.goto(`${site.url}#/settings`);
  await other.waitForSelector("main h1");
  await choice("Theme").selectOption("dark");
  // Tabs hear of each other's storage a moment later.
  await other.waitForFunction(() => localStorage.getItem("imgferry").includes("dark"));
  await other.getByRole("combobox", { name: "Language" }).selectOption("zh");
  await page.waitForFunction(() => localStorage.getItem("imgferry") === '{"mode":"demo","language":"zh","theme":"dark"}');
  for (const kept of ["null", "5", "[1]", "{", '{"mode":"x","language":"fr","theme":"x","address":5}']) {
    await page.evaluate((kept) => localStorage.setItem("imgferry", kept), kept);
    await page.reload();
    await page.locator("header .mode.demo", { hasText: /demo|演示/ }).waitFor();
  }
});

test("a plan that is being written outlives a reload and another page, until it is begun or begun anew", async () => {
  await demo();
  await go("new/tencent/ap-newregion/img-12345678");
  assert.equal(await choice("Source region").evaluate(({ selectedOptions: [option] }) => option.textContent), "ap-newregion", "a region that nobody lists");
  await go("new");
  await page.getByRole("button", { name: "Add image" }).click();
  await label("Name").first().fill("half-written");
  await label("Image").first().fill("img-11111111");
  await label("Image").nth(1).fill("image-22222222");
  await go("images");
  await go("new");
  await page.reload();
  await label("Image").nth(1).waitFor();
  const typed = async () => [await label("Name").first().inputValue(), await label("Image").first().inputValue(), await label("Image").nth(1).inputValue()];
  assert.deepEqual(await typed(), ["half-written", "img-11111111", "image-22222222"]);
  // Where one is removed the list of the other stays its own.
  await label("Image").first().fill("img-o3ycss2p");
  await page.getByRole("button", { name: "List images" }).first().click();
  await page.locator(".pick").first().waitFor();
  await page.getByRole("button", { name: "Remove" }).first().click();
  assert.deepEqual([await label("Image").first().inputValue(), await page.locator(".pick").count()], ["image-22222222", 0]);
  await page.getByRole("button", { name: "Begin anew" }).click();
  assert.equal(await label("Image").first().inputValue(), "img-o3ycss2p");
  await label("Name").first().fill("begun");
  await page.getByRole("button", { name: "Start the replication" }).click();
  await page.waitForFunction(() => location.hash === "#/job/begun");
  await go("new");
  assert.match(await label("Name").first().inputValue(), /^nightly-/);
});

test("the plan as YAML is the same plan to readers of every version, whatever its names look like", async () => {
  const { parse } = createRequire(join(consoleAt, "package.json"))("yaml");
  await demo();
  await go("new");
  const text = () => page.getByRole("region", { name: "YAML" }).evaluate(({ textContent }) => textContent);
  for (const name of ["no", "y", "On", "2026-11-30", "2026-11-30T00:00:00Z", "017", "0o17", "0b101", "1_000", "1:30", ".5", "1e3", "null", "~", "a: b", "- x", "# c", "*a", "镜像", "golden {date}", "=", "w ".repeat(60).trim()]) {
    await page.getByLabel("Name of the copies").fill(name);
    await page.getByLabel("Further parameters (JSON)").fill(JSON.stringify({ ImageDescription: name }));
    await page.waitForFunction((name) => document.querySelector('pre[aria-label="curl"]').textContent.includes(JSON.stringify(name)), name);
    const said = await text();
    for (const version of ["1.1", "1.2"]) {
      const [copy] = parse(said, { version }).copies;
      assert.deepEqual([copy.name, copy.params.ImageDescription], [name, name], `${version}: ${said}`);
    }
  }
  await page.getByRole("button", { name: "Begin anew" }).click();
});

test("where the clipboard is refused the text is marked, to be copied by hand", async (t) => {
  await demo();
  await go("new");
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true }));
  t.after(() => page.reload());
  await page.getByRole("button", { name: "Copy: YAML" }).click();
  await page.getByText("Selected: press Ctrl+C").waitFor();
  assert.match(await page.evaluate(() => String(getSelection())), /^copies:/);
});

test("a journal that is cut short is read as far as it goes, and a log of thousands of requests is told in part", async () => {
  await demo();
  await begin("cut", { name: "cut", image: "img-redhat01" });
  await go("job/cut");
  await page.locator(".wide .lane rect.busy").first().waitFor();
  const journal = await page.evaluate(() => globalThis.imgferryConsole.journal("cut"));
  await go("explain");
  const box = page.getByRole("textbox");
  const explained = () => page.getByRole("button", { name: "Explain it" }).click();
  for (const text of [journal, journal.trim(), journal.slice(0, -20), `\n\n${journal}`]) {
    await box.fill("");
    await box.fill(text);
    await explained();
    await page.getByRole("heading", { name: "A journal of a replication" }).waitFor();
  }
  await page.evaluate(() => {
    globalThis.said = "";
    new MutationObserver(() => (globalThis.said += document.querySelector('main [role="status"]')?.textContent ?? "")).observe(document.querySelector("main"), { subtree: true, childList: true });
  });
  // As it is pasted: to type so many lines takes the browser long.
  await box.evaluate((area) => ((area.value = "curl 'https://cvm.tencentcloudapi.com/' -H 'a: b'\n".repeat(3000)), area.dispatchEvent(new Event("input", { bubbles: true }))));
  await explained();
  await page.getByText("Not shown: 2950").waitFor();
  assert.equal(await page.locator("section.card").count(), 50);
  assert.match(await page.evaluate(() => globalThis.said), /^Loading/, "what takes its time is said to");
});

test("a journal that nobody can read holds up no other replication, and can be deleted; what is of another world says so", async () => {
  await demo();
  const plant = (lines) =>
    page.evaluate(
      (lines) =>
        new Promise((resolve, reject) => {
          const asked = indexedDB.open("imgferry-demo", 1);
          asked.onerror = () => reject(asked.error);
          asked.onsuccess = () => {
            const change = asked.result.transaction("lines", "readwrite");
            for (const line of lines) change.objectStore("lines").add(line);
            change.oncomplete = () => (asked.result.close(), resolve());
          };
        }),
      lines,
    );
  const plan = { copies: [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai"], name: "x" }] };
  await plant([{ t: "plan", name: "damaged", plan, now: Date.now() }, { t: "lines", name: "damaged", lines: "no journal\n" }]);
  await again();
  await page.getByRole("row").filter({ hasText: /needs a person[\s\S]*damaged/ }).waitFor();
  await begin("sound", { name: "sound" });
  await page.getByRole("row").filter({ hasText: "sound" }).waitFor();
  await go("job/damaged");
  await alert(/journal/);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel", exact: true }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await page.locator("tbody th a", { hasText: "sound" }).waitFor();
  await plant([{ t: "world", now: Date.now(), faults: { nobody_knows: 1 } }]);
  await again();
  await alert(/of another version[\s\S]*Begin anew/);
  await go("settings");
  await page.getByRole("button", { name: "Begin anew" }).click();
  await page.getByText("Saved.").waitFor();
  await go("");
  await page.getByText("Nothing here yet.").waitFor();
});

test("a clock that is set back in the middle loses no copy", async (t) => {
  await demo();
  await begin("clock", { name: "clock" });
  await go("job/clock");
  await page.locator(".wide .lane rect.busy").first().waitFor();
  const set = (ms) => page.evaluate((ms) => new BroadcastChannel("clock").postMessage(ms), ms);
  await set(-3_600_000);
  t.after(() => set(0));
  await page.locator(".title .status", { hasText: "done" }).waitFor({ timeout: 120_000 });
  const { images } = await page.evaluate(() => globalThis.imgferryConsole.images("tencent", "ap-shanghai"));
  assert.equal(images.filter(({ name }) => name === "clock").length, 1);
});

test("what serves the console says that it is not built, instead of serving nothing", () => {
  const alone = join(folder(), "serve.mjs");
  cpSync(join(consoleAt, "serve.mjs"), alone);
  // By another name of its folder, as the folder of temporary files has where that is a link.
  const linked = `${folder()}/by-link.mjs`;
  symlinkSync(alone, linked);
  const { status, stderr } = spawnSync(process.execPath, [linked], { encoding: "utf8", timeout: 30_000 });
  assert.deepEqual([status, /^the console is not built: run `make console`/.test(stderr)], [1, true]);
});

test("nothing threw", () => assert.deepEqual(broken, []));
