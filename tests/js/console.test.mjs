// The console in a real browser: with the simulator inside the page, and over a real edge worker.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Job } from "imgferry";
import { defects, openPage } from "./chromium.mjs";
import { serve } from "./sim.mjs";
import { folder } from "./temporary.mjs";
import { configured, serveEdge } from "./wrangler.mjs";

const consoleAt = join(import.meta.dirname, "../../wasm/console");
const { serve: serveConsole } = await import(join(consoleAt, "serve.mjs"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PAGES = ["", "new", "images", "explain", "settings", "job/first"];
let site;
let browser;
let page;
const broken = [];

before(async () => {
  execFileSync("npm", ["run", "--silent", "build"], { cwd: consoleAt, stdio: "inherit" });
  site = await serveConsole();
  browser = await openPage();
  ({ page } = browser);
  page.setDefaultTimeout(60_000);
  defects(page, site.url, broken);
  await page.goto(site.url);
});
after(async () => {
  await browser?.close();
  site?.close();
});

/** Goes to a page of the console. */
async function go(path) {
  await page.evaluate((hash) => (location.hash = hash), `#/${path}`);
  await page.waitForFunction(() => document.querySelector("main h1") && !document.querySelector('main > p[role="status"]'));
}

/** Chooses language, theme and what else is kept, and begins anew with it. */
async function choose(choices) {
  await page.evaluate((choices) => localStorage.setItem("imgferry", JSON.stringify({ ...JSON.parse(localStorage.getItem("imgferry") ?? "{}"), ...choices })), choices);
  await page.reload();
  await page.waitForSelector("main h1");
}

const label = (text) => page.getByLabel(text, { exact: true });

test("a replication is planned, surveyed, begun and watched in the demo, and goes on after a reload", async () => {
  await choose({ mode: "demo", language: "en", theme: "light" });
  await page.locator("main").getByText("Nothing here yet").waitFor();
  await go("new");
  await page.getByText("No rule is broken.").waitFor();
  assert.match(await page.getByRole("region", { name: "YAML" }).innerText(), /from: ap-guangzhou/);
  assert.match(await page.getByRole("region", { name: "curl" }).innerText(), /^curl -X PUT /);
  // A fault is told beside its field, before anything is sent.
  await label("Image").first().fill("image-of-another-cloud");
  await page.locator("fieldset .problems .error").first().waitFor();
  assert.ok(await page.getByRole("button", { name: "Start the replication" }).isDisabled());
  await label("Image").first().fill("img-o3ycss2p");
  await page.getByRole("button", { name: "Survey" }).click();
  await page.getByText("Survey: what is there and what is not").waitFor();
  assert.equal(await page.locator(".diff .missing").count(), 2);
  await label("Name").first().fill("first");
  await page.getByRole("button", { name: "Start the replication" }).click();
  await page.locator(".wide .lane .busy").first().waitFor();
  await page.reload();
  await page.locator(".title .status", { hasText: "done" }).waitFor({ timeout: 90_000 });
  assert.equal(await page.locator("tbody tr").count(), 2);
  await page.getByRole("button", { name: "ap-shanghai" }).click();
  const panel = page.getByRole("complementary");
  assert.match(await panel.innerText(), /Image id[\s\S]*img-[\s\S]*Events[\s\S]*launching[\s\S]*launched[\s\S]*ready/);
  assert.equal(await panel.locator(".ids li").count(), await panel.locator(".ids code").count(), "a request id a line");
  await page.getByRole("button", { name: "Journal" }).click();
  assert.match(await page.getByRole("region", { name: "Journal" }).innerText(), /imgferry|plan/);
  assert.match(await page.locator("dl.facts").innerText(), /Begun[\s\S]*Took\s+\d+ s[\s\S]*Clouds\s+Tencent Cloud\s+Destinations\s+2\s+Launch attempts\s+2/);
  assert.match(await page.locator("ul.legend").innerText(), /launching[\s\S]*may be ready/);
  await page.locator("summary").click();
  assert.match(await page.getByRole("region", { name: "curl" }).innerText(), /^curl -X GET \S+\/jobs\/first [\s\S]*curl -X DELETE \S+\/jobs\/first /);
  await go("");
  await page.getByLabel("Find by name").fill("sec");
  await page.getByText("None matches.").waitFor();
  await page.getByLabel("Find by name").fill(" FIR");
  await page.locator("main").getByText("first", { exact: true }).waitFor();
});

test("everything is reached with the keyboard alone", async () => {
  await go("");
  await page.reload();
  await page.locator("main").getByText("first", { exact: true }).waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  const tabTo = async (name) => {
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press("Tab");
      if ((await page.evaluate(() => document.activeElement.textContent?.trim())) === name) return;
    }
    throw new Error(`${name} is not reached`);
  };
  await tabTo("first");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.hash === "#/job/first" && document.querySelector(".rows"));
  await page.evaluate(() => document.getElementById("main").focus());
  await tabTo("ap-singapore");
  await page.keyboard.press("Enter");
  await page.getByRole("complementary").waitFor();
  assert.match(await page.evaluate(() => document.activeElement.textContent), /ap-singapore/);
  await page.keyboard.press("Escape");
  await page.getByRole("complementary").waitFor({ state: "detached" });
});

test("every page is free of findings of axe-core, in both languages and both themes, wide and narrow", async (t) => {
  const shots = process.env["SCREENSHOTS"];
  if (shots) mkdirSync(shots, { recursive: true });
  for (const [language, theme] of [["en", "light"], ["zh", "dark"], ["en", "dark"], ["zh", "light"]]) {
    await choose({ mode: "demo", language, theme });
    await page.evaluate(axe);
    for (const path of PAGES) {
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 900 });
        await go(path);
        if (path === "job/first" && width === 1440) await page.getByRole("button", { name: "ap-shanghai" }).click();
        const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
        assert.deepEqual(found.violations.map(({ id, nodes }) => [id, nodes[0].html, nodes[0].failureSummary]), [], `${path} ${language} ${theme} ${width}`);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(over <= 0, `${path} ${language} ${width}: ${over} pixels too wide`);
        if (shots) await page.screenshot({ path: join(shots, `${path.replace("/", "-") || "list"}-${language}-${theme}-${width}.png`) });
      }
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  t.diagnostic(`${PAGES.length} pages, 2 languages, 2 themes, 2 widths`);
});

test("errors, refused requests and journals are explained, in the reader's words alone", async () => {
  await choose({ mode: "demo", language: "en", theme: "light" });
  await go("explain");
  await page.getByRole("button", { name: "An example: Tencent Cloud" }).click();
  await page.getByRole("button", { name: "Explain it" }).click();
  await page.locator("section.card").filter({ hasText: "AuthFailure.SignatureExpire" }).waitFor();
  const journal = await page.evaluate(() => globalThis.imgferryConsole.journal("first"));
  await page.getByRole("textbox").fill(journal);
  await page.getByRole("button", { name: "Explain it" }).click();
  await page.locator("section.card").filter({ hasText: /journal of a replication[\s\S]*ready 2/ }).waitFor();
  const machine = /\b(not_found|backoff|unsure|caller|invalid_|never|auth)\b/;
  for (const [language, button, cases] of [
    ["en", "Explain it", [
      ['{"Response": {"Error": {"Code": "InvalidImageName.Duplicate", "Message": "taken"}, "RequestId": "r-1"}}', /Send it again\?\s*not as it is[\s\S]*Who mends it\s*whoever makes the request[\s\S]*taken[\s\S]*r-1/],
      ["RequestLimitExceeded.UinLimitExceeded", /too many requests[\s\S]*after a wait: the cloud has not acted \(at the earliest after 1 s\)[\s\S]*the cloud/],
      ["InvalidImageId.NotFound", /no such image[\s\S]*imgferry images list tencent REGION/],
      ["curl 'https://ims.cn-north-4.myhuaweicloud.com/v2/cloudimages' -H 'X-Sdk-Date: 20240801T000000Z' -H 'Authorization: SDK-HMAC-SHA256 Access=HWAKEXAMPLE, SignedHeaders=host;x-sdk-date, Signature=0000'", /Refused request: Huawei Cloud/],
    ]],
    ["zh", "解释", [["RequestLimitExceeded.UinLimitExceeded", /主账号请求过于频繁[\s\S]*等待后可以：云平台未执行[\s\S]*由谁处理\s*云平台/]]],
  ]) {
    await choose({ language });
    await go("explain");
    for (const [text, expected] of cases) {
      await page.getByRole("textbox").fill(text);
      await page.locator("main").getByRole("button", { name: button, exact: true }).click();
      await page.locator("section.card").filter({ hasText: expected }).waitFor();
      assert.doesNotMatch(await page.locator("section.card dl").first().innerText(), machine);
    }
    await page.getByRole("textbox").fill("nothing that anybody knows");
    await page.locator("main").getByRole("button", { name: button, exact: true }).click();
    await page.getByRole("alert").filter({ hasText: language === "en" ? /known here[\s\S]*whole answer/ : /未能识别[\s\S]*完整应答/ }).waitFor();
  }
});

test("a listing that is empty says so, and parameters that are no JSON hide nothing else", async () => {
  for (const [language, list, none, params, noJson, start] of [["en", "List images", "No own images in this region.", "Further parameters (JSON)", /no JSON; write them as a record/, "Start the replication"], ["zh", "列出镜像", "此地域没有自有镜像。", "更多参数（JSON）", /不是 JSON/, "开始复制"]]) {
    await choose({ mode: "demo", language, theme: "light" });
    await go("new/tencent/sa-saopaulo/img-o3ycss2p");
    await page.getByRole("button", { name: list }).click();
    await page.getByRole("status").filter({ hasText: none }).waitFor();
    await page.getByLabel(params).fill("{nope");
    await label(language === "en" ? "Image" : "镜像").first().fill("none");
    await page.locator("fieldset.card > .problems").filter({ hasText: noJson }).waitFor();
    await page.locator("fieldset.card > .problems").filter({ hasText: "none" }).waitFor();
    assert.ok(await page.getByRole("button", { name: start }).isDisabled());
    await page.getByLabel(params).fill("5");
    await page.locator("fieldset.card > .problems").filter({ hasText: "params" }).waitFor();
  }
});

test("what is wrong stands once, beside its field and in words, and an image of the listing is begun with a click", async () => {
  await choose({ mode: "demo", language: "en", theme: "light" });
  await go("images");
  await page.getByRole("link", { name: "Copy: web-base" }).click();
  await page.waitForFunction(() => location.hash.startsWith("#/new/tencent/ap-guangzhou/img-"));
  assert.equal(await label("Image").first().inputValue(), "img-o3ycss2p");
  await page.getByRole("button", { name: "List images" }).click();
  await page.getByRole("button", { name: /never-ready.*failed/ }).waitFor();
  await page.getByRole("button", { name: /redhat-base/ }).click();
  assert.equal(await label("Image").first().inputValue(), "img-redhat01");
  assert.equal(await page.getByRole("button", { name: /redhat-base/ }).getAttribute("aria-pressed"), "true");
  await label("Image").first().fill("none");
  await page.getByLabel("Name of the copies").fill("?".repeat(200));
  await page.waitForFunction(() => document.querySelectorAll("fieldset.card > .problems .error").length === 2);
  assert.deepEqual(await page.locator("fieldset.card > .problems").allInnerTexts(), ["error none is no image id; write it like img-o3ycss2p", "error the name has 200 characters; use at most 60"]);
  assert.match(await page.getByRole("group", { name: "Findings" }).innerText(), /Image 1 · ap-shanghai · ImageIds/);
});

test("replications are sorted by their columns, and where those are hidden by a choice, with the keyboard and kept in the address", async () => {
  const begin = (name, to) => page.evaluate(([name, to]) => globalThis.imgferryConsole.create(name, { copies: [{ cloud: "tencent", image: "img-redhat01", from: "ap-guangzhou", to: [to], name }] }), [name, to]);
  for (const [name, to] of [["b-second", "ap-tokyo"], ["c-third", "ap-seoul"], ["a-last", "ap-mumbai"]]) await begin(name, to);
  const names = () => page.locator("tbody th a").allInnerTexts();
  const order = (expected) => page.waitForFunction((expected) => [...document.querySelectorAll("tbody th a")].map(({ textContent }) => textContent).filter((name) => name.includes("-")).join() === expected, expected);
  for (const [language, by, begun, descending] of [["en", "Sort by", "Begun", "Name · descending"], ["zh", "排序", "开始时间", "名称 · 降序"]]) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await choose({ mode: "demo", language, theme: "light" });
    await go("");
    const choice = page.getByRole("combobox", { name: by });
    assert.equal(await choice.count(), 0);
    for (const [sort, expected] of [["ascending", "b-second,c-third,a-last"], ["descending", "a-last,c-third,b-second"]]) {
      await page.getByRole("button", { name: begun }).click();
      await order(expected);
      await page.locator(`th[aria-sort="${sort}"]`, { hasText: begun }).waitFor();
    }
    // What the wide page was sorted by the narrow one says, and the way back.
    await page.setViewportSize({ width: 390, height: 900 });
    assert.equal(await choice.inputValue(), "-begun");
    assert.match(await page.locator("tbody tr").first().innerText(), language === "en" ? /Tencent Cloud · \w+ \d+, 20\d\d[\s\S]* s$/m : /腾讯云 · 20\d\d年[\s\S]* 秒$/m);
    await choice.selectOption({ label: descending });
    await order("c-third,b-second,a-last");
    await choice.focus();
    await page.keyboard.press("Home");
    await page.waitForFunction(() => location.hash === "#/");
    for (const key of ["End", "ArrowUp", "ArrowUp", "ArrowUp"]) await page.keyboard.press(key);
    await order("b-second,c-third,a-last");
    assert.match(await page.evaluate(() => location.hash), /\?sort=begun$/);
    await page.reload();
    await order("b-second,c-third,a-last");
    await page.goto(`${site.url}#/?sort=nothing`);
    assert.equal(await choice.inputValue(), "", "what nobody knows is no order");
    assert.equal((await names()).filter((name) => name.includes("-")).length, 3);
    await page.evaluate(axe);
    assert.deepEqual((await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }))).violations.map(({ id }) => id), []);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
});

/** The picture of the README: three clouds in bad weather. */
async function pictured(file) {
  const copies = [
    { cloud: "tencent", image: "img-redhat01", from: "ap-guangzhou", to: ["ap-shanghai", "ap-beijing", "ap-singapore"], name: "web-{date}" },
    { cloud: "volcengine", image: "image-4431h3l7hl31a0example", from: "cn-beijing", to: ["cn-shanghai", "cn-guangzhou"], name: "web-{date}" },
    { cloud: "huawei", image: "465076de-dc36-4aec-80f5-ef9d8009428f", from: "cn-north-4", to: ["cn-south-1", "cn-east-3"], name: "web-{date}", params: { agency_name: "ims_copy_image" } },
  ];
  await page.evaluate((copies) => globalThis.imgferryConsole.create("nightly-web", { copies }), copies);
  await page.setViewportSize({ width: 1280, height: 660 });
  await go("job/nightly-web");
  await page.waitForFunction(() => document.querySelectorAll("tbody .status.good").length > 1);
  await page.screenshot({ path: file });
  await page.setViewportSize({ width: 1440, height: 900 });
}

test("faults of the simulated clouds are chosen, and a launch with a lost answer is not doubled", async () => {
  await choose({ mode: "demo", language: "en", theme: "light" });
  await go("settings");
  await label("answers get lost").check();
  await label("too many requests").check();
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByText("Saved.").waitFor();
  await go("new");
  await label("Name").first().fill("weather");
  for (const region of ["ap-beijing Beijing", "ap-nanjing Nanjing", "ap-tokyo Tokyo", "eu-frankfurt Frankfurt"]) await label(region).check();
  await page.getByRole("button", { name: "Start the replication" }).click();
  await page.locator(".wide .lane .eta").first().waitFor();
  await page.locator(".title .status", { hasText: "done" }).waitFor({ timeout: 150_000 });
  if (process.env["SCREENSHOTS"]) await pictured(join(process.env["SCREENSHOTS"], "running.png"));
});

test("a storage that is full stops a replication before it sends, says so in both languages, and it goes on when there is room", async () => {
  await choose({ mode: "demo", language: "en", theme: "light" });
  await go("settings");
  await page.getByRole("button", { name: "Begin anew" }).click();
  await page.getByText("Saved.").waitFor();
  // One after the other, since the source is busy meanwhile: Chromium asks itself only every half minute how much room there is.
  await page.evaluate(() => {
    const copies = ["a", "b", "c", "d"].map((name) => ({ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai"], name }));
    return globalThis.imgferryConsole.create("full", { copies });
  });
  await go("job/full");
  await page.locator(".wide .lane rect.busy").first().waitFor();
  const devtools = await page.context().newCDPSession(page);
  const { origin } = new URL(site.url);
  await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
  await page.getByRole("alert").filter({ hasText: /storage is full[\s\S]*resume/ }).waitFor();
  await choose({ language: "zh" });
  await page.getByRole("alert").filter({ hasText: /存储已满[\s\S]*恢复任务/ }).waitFor();
  await go("");
  await page.getByRole("row").filter({ hasText: /需人工处理[\s\S]*full[\s\S]*存储已满/ }).waitFor();
  await go("job/full");
  await devtools.send("Storage.overrideQuotaForOrigin", { origin });
  await page.getByRole("button", { name: "恢复", exact: true }).click();
  await page.locator(".title .status", { hasText: "完成" }).waitFor({ timeout: 200_000 });
  assert.equal(await page.getByRole("alert").count(), 0);
  const { rows } = await page.evaluate(() => globalThis.imgferryConsole.view("full"));
  const { images } = await page.evaluate(() => globalThis.imgferryConsole.images("tencent", "ap-shanghai"));
  assert.deepEqual(rows.map(({ state }) => state), Array(4).fill("ready"));
  assert.deepEqual(images.map(({ name }) => name).filter((name) => name.length === 1).sort(), ["a", "b", "c", "d"], "one image each");
});

test("a copy that failed is told in the reader's language, in its row, its panel and its events; its journal is kept as a file", async () => {
  await choose({ mode: "demo", language: "zh", theme: "light" });
  await page.evaluate(() => globalThis.imgferryConsole.faults({ copy_fails: 1 }));
  await page.evaluate(() => globalThis.imgferryConsole.create("fails", { copies: [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai"], name: "fails" }] }));
  await go("job/fails");
  await page.locator(".title .status", { hasText: "失败" }).waitFor();
  assert.match(await page.locator("tbody tr").innerText(), /失败\s+image\.failed/);
  await page.locator("tbody").getByRole("button", { name: "ap-shanghai" }).click();
  const panel = page.getByRole("complementary");
  assert.match(await panel.innerText(), /原因：\s*云平台已接受复制，但未能完成 image\.failed\s+原文：“the image \S+ is in state CREATEFAILED”\s+下一步：/);
  assert.match(await panel.locator(".events .why").innerText(), /^云平台已接受复制，但未能完成$/);
  await page.getByRole("button", { name: "日志" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "下载：日志" }).click()]);
  assert.equal(download.suggestedFilename(), "fails.journal");
  assert.equal(readFileSync(await download.path(), "utf8"), await page.evaluate(() => globalThis.imgferryConsole.journal("fails")));
});

test("two tabs have the same clouds and replications, and what one begins the other watches, once", async (t) => {
  await choose({ mode: "demo", language: "en", theme: "light" });
  await page.evaluate(() => globalThis.imgferryConsole.faults({}));
  const other = await page.context().newPage();
  t.after(() => other.close().then(() => page.bringToFront()));
  await other.goto(`${site.url}#/job/shared`);
  await other.getByRole("alert").filter({ hasText: /There is no replication shared[\s\S]*Look at the list/ }).waitFor();
  await page.evaluate(() => globalThis.imgferryConsole.create("shared", { copies: [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai", "ap-singapore"], name: "shared" }] }));
  await other.locator(".wide .lane rect.busy").first().waitFor();
  await other.reload();
  await other.locator(".title .status", { hasText: "done" }).waitFor({ timeout: 90_000 });
  const { images } = await page.evaluate(() => globalThis.imgferryConsole.images("tencent", "ap-shanghai"));
  assert.equal(images.filter(({ name }) => name === "shared").length, 1);
  await page.evaluate(() => globalThis.imgferryConsole.remove("shared"));
  await other.getByRole("alert").filter({ hasText: "There is no replication shared" }).waitFor();
});

test("names that no worker takes are told beside their field, and an address that nobody encoded opens a page", async () => {
  for (const [language, field, start, expected] of [["en", "Name", "Start the replication", /is no name of a replication; take letters/], ["zh", "名称", "开始复制", /不能作为任务名称；请使用字母/]]) {
    await choose({ mode: "demo", language });
    await go("new");
    for (const name of ["镜像", "a b", "../x", "$(id)", "🌙", "\u202eevil", "", "a".repeat(101), "100%"]) {
      await label(field).first().fill(name);
      await page.locator(".problems .error").filter({ hasText: expected }).waitFor();
      assert.ok(await page.getByRole("button", { name: start }).isDisabled(), name);
    }
    await label(field).first().fill("good.name-1_x");
    await page.locator(".problems .error").waitFor({ state: "detached" });
  }
  await page.goto(`${site.url}#/job/100%`);
  await page.reload();
  await page.getByRole("alert").filter({ hasText: "100%" }).waitFor();
});

test("fifty faults of a plan are all told beside their fields, in both languages, and what was typed stays", async () => {
  for (const [language, add, image, name, start, faults] of [["en", "Add image", "Image", "Name of the copies", "Start the replication", "Findings"], ["zh", "添加镜像", "镜像", "副本名称", "开始复制", "检查结果"]]) {
    await choose({ mode: "demo", language, theme: "light" });
    await go("");
    await go("new");
    // What was typed under the other language.
    if (language === "zh") await page.getByRole("button", { name: "重新开始" }).click();
    for (let more = 0; more < 24; more++) await page.getByRole("button", { name: add }).click();
    for (let at = 0; at < 25; at++) {
      await label(image).nth(at).fill(`none-${at}`);
      await page.getByLabel(name).nth(at).fill("?".repeat(200));
    }
    const told = page.getByRole("group", { name: faults });
    await page.waitForFunction(() => Number(document.querySelector("h2 .count")?.textContent) >= 50);
    const lines = await told.locator("li").allInnerTexts();
    assert.ok(lines.length >= 50 && lines.every((line) => line.length > 20 && /[\u4e00-\u9fff]/.test(line) === (language === "zh")), lines.join("\n"));
    assert.ok((await page.locator("fieldset.card > .problems .error").count()) >= 25, "beside the fields");
    assert.ok(await page.getByRole("button", { name: start }).isDisabled());
    assert.equal(await label(image).nth(24).inputValue(), "none-24");
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${over} pixels too wide`);
  }
});

test("what a cloud says under a code that nobody knows is quoted behind a Chinese sentence", async () => {
  const job = new Job({ copies: [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai"], name: "strange" }] }, Date.now(), 1);
  const { id } = job.poll(Date.now(), { tencent: { id: "AKIDEXAMPLE", secret: "EXAMPLE-SECRET" } });
  job.answer(Date.now(), id, { status: 200, headers: {}, body: JSON.stringify({ Response: { Error: { Code: "InvalidParameter.Strange", Message: "what is this" }, RequestId: "r-1" } }) });
  const journal = job.takeJournal();
  job.free();
  for (const [language, button, expected] of [["en", "Explain it", /ap-shanghai what is this — correct/], ["zh", "解释", /ap-shanghai 目录中没有此错误码[^：]*：“what is this” — 修正/]]) {
    await choose({ mode: "demo", language, theme: "light" });
    await go("explain");
    await page.getByRole("textbox").fill(journal);
    await page.locator("main").getByRole("button", { name: button }).click();
    await page.locator("section.card li").filter({ hasText: expected }).waitFor();
  }
});

test("a journal of another version is told as such, in both languages", async () => {
  const text = JSON.stringify({ imgferry: 99, started: 5, seed: "7", plan: {} });
  const journal = `${createHash("sha256").update(text).digest("hex").slice(0, 8)} ${text}\n`;
  for (const [language, button, expected] of [["en", "Explain it", /version 99[\s\S]*nothing was lost/], ["zh", "解释", /99[\s\S]*内容未丢失/]]) {
    await choose({ mode: "demo", language, theme: "light" });
    await go("explain");
    await page.getByRole("textbox").fill(journal);
    await page.locator("main").getByRole("button", { name: button }).click();
    await page.getByRole("alert").filter({ hasText: expected }).waitFor();
    assert.equal((await page.getByRole("textbox").inputValue()).trim(), journal.trim());
  }
});

test("two thousand lanes scroll and change at sixty frames a second", async (t) => {
  await choose({ mode: "demo", language: "en", theme: "light" });
  await go("settings");
  await page.getByRole("button", { name: "Begin anew" }).click();
  await page.getByText("Saved.").waitFor();
  // Through the same door as the page: its worker.
  await page.evaluate(() => {
    const lanes = Array.from({ length: 1000 }, (_, at) => ({ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai", "ap-singapore"], name: `golden-${at}` }));
    return globalThis.imgferryConsole.create("many", { copies: lanes });
  });
  await go("job/many");
  await page.locator(".rows.many").waitFor();
  assert.ok((await page.locator("tbody tr").count()) < 60, "only what is seen is drawn");
  // The rows that are not drawn are reckoned with this height.
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    assert.deepEqual(await page.evaluate(() => [...new Set([...document.querySelectorAll("tbody tr:not(.space)")].map((row) => row.getBoundingClientRect().height))]), [48], `${width}`);
  }
  // Frames depend on who else is at work on the machine; what the page's own thread works for one does not.
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const worked = async () => (await devtools.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration").value;
  // The page was just made wider.
  await page.waitForTimeout(1000);
  const begun = await worked();
  const seconds = await page.evaluate(async () => {
    const box = document.querySelector(".rows.many");
    const seconds = Array(8).fill(0);
    const begun = performance.now();
    for (let now = begun; now - begun < 8000; now = await new Promise(requestAnimationFrame)) {
      box.scrollTop += 60;
      seconds[Math.max(0, Math.floor((now - begun) / 1000))]++;
    }
    return seconds.sort((a, b) => a - b);
  });
  const each = (1000 * ((await worked()) - begun)) / seconds.reduce((sum, frames) => sum + frames);
  t.diagnostic(`${seconds[4]} frames in the median second, ${seconds[0]} in the worst, while 2,000 lanes scroll and change; the page works ${each.toFixed(1)} ms for one`);
  assert.ok(each < 1000 / 60, "there is time for 60 frames a second");
  // One is found among them, by its name and by its state; what is called the same stands once.
  await page.getByLabel("Find a destination").fill("golden-77");
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 22);
  const words = await page.getByRole("group", { name: "Filter by state" }).getByRole("button").allInnerTexts();
  assert.equal(new Set(words.map((word) => word.replace(/\d+$/, ""))).size, words.length, words.join());
  await page.getByLabel("Find a destination").fill("nowhere");
  await page.getByText("None matches.").waitFor();
  await page.locator(".empty").getByRole("button", { name: "All" }).click();
  await page.locator(".rows.many").waitFor();
  // It is asked before it is cancelled, with the command that does the same.
  await page.getByRole("button", { name: "Cancel" }).click();
  const asked = page.getByRole("dialog", { name: "Cancel this replication?" });
  assert.match(await asked.innerText(), /curl -X POST \S+\/jobs\/many\/cancel/);
  await page.keyboard.press("Escape");
  await asked.waitFor({ state: "hidden" });
  assert.equal((await page.evaluate(() => globalThis.imgferryConsole.view("many"))).state, "running");
  await page.getByRole("button", { name: "Cancel" }).click();
  await asked.getByRole("button", { name: "Cancel", exact: true }).click();
  await page.getByRole("status").filter({ hasText: "Cancel was asked." }).waitFor();
  await page.getByRole("navigation", { name: "Replications" }).getByRole("link").click();
  await page.locator("tbody").getByText("many").waitFor();
});

test("a launch in doubt says what to do, and a person's word ends it", async () => {
  await choose({ mode: "demo", language: "en", theme: "light" });
  // Most requests get lost on their way; with the policy to stop, a launch that was is a person's matter.
  await page.evaluate(() => globalThis.imgferryConsole.faults({ lost_before: 0.6 }));
  const to = { volcengine: ["cn-shanghai", "cn-guangzhou", "ap-southeast-1", "cn-hongkong"], huawei: ["cn-south-1", "cn-east-3", "ap-southeast-1", "ap-southeast-3"] };
  await page.evaluate((to) => globalThis.imgferryConsole.create("doubt", {
    policy: { ambiguity: "stop", settle: "1s", visible: "2s" },
    copies: [
      { cloud: "volcengine", image: "image-4431h3l7hl31a0example", from: "cn-beijing", to: to.volcengine, name: "doubt" },
      { cloud: "huawei", image: "465076de-dc36-4aec-80f5-ef9d8009428f", from: "cn-north-4", to: to.huawei, name: "doubt", params: { agency_name: "ims_copy_image" } },
    ],
  }), to);
  await go("job/doubt");
  const flash = page.locator(".flash.urgent");
  await flash.filter({ hasText: /Needs a person: (cn|ap)-[\s\S]*second image/ }).waitFor({ timeout: 120_000 });
  await page.locator(".flash.urgent").getByRole("button", { name: "Show" }).click();
  const panel = page.getByRole("complementary");
  assert.match(await panel.innerText(), /Look in the region for an image of this name[\s\S]*It is there, with this id[\s\S]*launch again/);
  assert.match(await panel.getByRole("link", { name: "Images of this region" }).getAttribute("href"), /^#\/images\/(volcengine|huawei)\/(cn|ap)-/);
  await panel.getByLabel("Image id").fill("there-0");
  await panel.getByRole("button", { name: "It is there, with this id" }).click();
  await page.getByRole("status").filter({ hasText: "Noted" }).waitFor();
  // Who looks again later still sees that the others wait for a person: what has ended is not taken up by looking.
  await page.evaluate(() => globalThis.imgferryConsole.cancel("doubt"));
  await page.waitForFunction(async () => (await globalThis.imgferryConsole.view("doubt")).state === "ended");
  const told = () => page.evaluate(async () => (await globalThis.imgferryConsole.view("doubt")).counts);
  const before = await told();
  await page.reload();
  await page.waitForSelector("main h1");
  assert.deepEqual(await told(), before);
});

test("the same console drives an edge worker; what is wrong is told with the next step", async (t) => {
  const sim = await serve({ copy_ms: [1000, 2000], visible_after_ms: 50 });
  t.after(() => sim.close());
  const [config, storage] = [configured(sim.url, { ORIGINS: [new URL(site.url).origin] }), folder()];
  let worker = await serveEdge(config, storage);
  t.after(() => worker.stop());
  const connect = async (address, token, words = ["Address of the worker", "Token", "Save"]) => {
    await label(words[0]).fill(address);
    await page.getByLabel(words[1]).fill(token);
    await page.getByRole("button", { name: words[2] }).click();
  };
  const ZH = ["worker 地址", "令牌", "保存"];
  for (const [language, mode, words, [silent, stranger, expired, elsewhere, strange]] of [
    ["en", "Worker: real clouds over an edge worker", undefined, [/does not answer[\s\S]*ORIGINS/, /no imgferry worker/, /token is not known/, /no address of a worker[\s\S]*https/, /characters that no token has/]],
    ["zh", "Worker：通过边缘 worker 使用真实的云", ZH, [/没有应答[\s\S]*ORIGINS/, /不是 imgferry worker/, /令牌/, /不是 worker 的地址[\s\S]*https/, /令牌中不会出现的字符/]],
  ]) {
    await choose({ mode: "demo", language, theme: "light" });
    await go("settings");
    await label(mode).check();
    for (const [address, token, expected] of [["http://127.0.0.1:59999", "launcher", silent], [site.url, "launcher", stranger], [worker.url, "expired", expired], ["http://192.0.2.7:8787", "launcher", elsewhere], [worker.url, "令牌", strange]]) {
      await connect(address, token, words);
      await page.getByRole("alert").filter({ hasText: expected }).waitFor();
    }
  }
  await choose({ mode: "demo", language: "en" });
  await go("settings");
  await label("Worker: real clouds over an edge worker").check();
  await connect(worker.url, "launcher");
  await page.locator("header .mode.worker").waitFor();
  await go("images");
  await page.getByRole("cell", { name: "img-o3ycss2p" }).waitFor();
  assert.deepEqual((await page.getByRole("combobox", { name: "Region" }).locator("option").allInnerTexts()).map((text) => text.split(" ")[0]).sort(), ["ap-beijing", "ap-guangzhou", "ap-nanjing", "ap-shanghai", "ap-singapore"]);
  await go("new");
  await label("Name").first().fill("edge");
  // No image of the demo: this one is begun with real clouds.
  assert.equal(await label("Image").first().inputValue(), "");
  await label("Image").first().fill("img-o3ycss2p");
  // What this worker does not allow is told before it is asked to do it.
  await page.getByLabel("Name of the copies").fill("silver");
  await page.locator("fieldset.card > .problems").filter({ hasText: /"ImageName" is not allowed for SyncImages/ }).waitFor();
  assert.ok(await page.getByRole("button", { name: "Start the replication" }).isDisabled());
  await page.getByLabel("Name of the copies").fill("golden-edge");
  await page.getByText("No rule is broken.").waitFor();
  await page.getByRole("button", { name: "Survey" }).click();
  await page.locator(".diff .missing").first().waitFor();
  await page.getByRole("button", { name: "Start the replication" }).click();
  await page.waitForFunction(() => location.hash === "#/job/edge");
  await page.locator(".wide .lane rect.busy, .wide .lane rect.good").first().waitFor();
  assert.match(await page.locator("dl.facts").innerText(), /Started by\s+launcher/);
  // A token that expires in the middle: it is told, in both languages; with another one the page goes on.
  for (const [language, token, expected, settings] of [["en", "expired", /token is not known/, "Settings"], ["zh", "expired", /令牌/, "设置"], ["en", "", /There is no token/, "Settings"]]) {
    await page.evaluate((token) => sessionStorage.setItem("imgferry-token", token), token);
    await choose({ language });
    const told = page.getByRole("alert").filter({ hasText: expected });
    assert.equal(await told.getByRole("link", { name: settings }).getAttribute("href"), "#/settings");
  }
  await page.evaluate(() => sessionStorage.setItem("imgferry-token", "launcher"));
  await choose({ language: "en" });
  await page.locator("tbody tr").first().waitFor();
  assert.equal(await page.getByRole("alert").count(), 0);
  // The worker vanishes in the middle: it is told, and nothing is lost.
  await worker.stop();
  await page.getByRole("alert").filter({ hasText: "does not answer" }).waitFor();
  await choose({ language: "zh" });
  await page.getByRole("alert").filter({ hasText: "没有应答" }).waitFor();
  worker = await serveEdge(config, storage);
  await choose({ language: "en" });
  await go("settings");
  await connect(worker.url, "launcher");
  await go("job/edge");
  await page.locator(".title .status", { hasText: "done" }).waitFor({ timeout: 90_000 });
  assert.deepEqual(sim.world.ledger().lanes.map(({ images }) => images.length), [1, 1]);
  const everything = await page.evaluate(() => document.documentElement.outerHTML + JSON.stringify({ ...localStorage }));
  assert.ok(!everything.includes("EXAMPLE-SECRET") && !everything.includes('"token"'));
});

test("what serves the console gives its own files alone, and no address ends it", async () => {
  const { port } = new URL(site.url);
  const wire = (path, method = "GET") =>
    new Promise((resolve) => {
      const sent = request({ host: "127.0.0.1", port, path, method, agent: false }, (answer) => resolve(answer.resume().statusCode));
      sent.on("error", () => resolve("closed")).end();
    });
  for (const path of ["/%", "/%zz", "/%ff", "//", "//[", "http://[", "*", "/..%2fpackage.json", "/%2e%2e/package.json", "/../package.json", "/..%5cpackage.json", "/%00", "/assets", "/assets/..%2f..%2fserve.mjs", "/index.html/", `/${"a/".repeat(5000)}`]) assert.ok([404, "closed"].includes(await wire(path)), path);
  assert.deepEqual([await wire("/"), await wire("/index.html"), await wire("/icon.svg?x=%")], [200, 200, 200]);
});

test("nothing was stopped by the content security policy, and nothing threw", () => {
  assert.deepEqual(broken, []);
});
