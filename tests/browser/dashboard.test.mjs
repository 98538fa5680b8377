// The dashboard in a real browser: numbers move, equal the API's, and the page says when nothing arrives.
// Writes the screenshot that the README shows to SYSPULSE_SCREENSHOT, else to build/dashboard.png.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import { BUILD, eventually, sleep } from "../end_to_end/stack.mjs";
import { openLivePage } from "./browser.mjs";

const FIRST_PAGE_BYTES = 150 * 1024;

let stack;
let browser;
let page;
const problems = [];

before(async () => {
  ({ stack, browser, page } = await openLivePage(problems));
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});

const text = (id) => page.getByTestId(id).first().textContent();
const state = () => page.getByTestId("connection-state").getAttribute("data-state");

test("the first page is small and needs nothing from elsewhere", async () => {
  const sizes = [];
  const foreign = [];
  page.on("response", async (response) => {
    if (!response.url().startsWith(stack.url("/"))) foreign.push(response.url());
    const { responseBodySize } = await response.request().sizes().catch(() => ({ responseBodySize: 0 }));
    if (!response.url().includes("syspulse.v1")) sizes.push(responseBodySize);
  });
  await page.goto(stack.url("/"));
  await eventually(async () => (await state()) === "live", { what: "a live page" });
  await sleep(500);
  assert.deepEqual(foreign, []);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(total > 0 && total <= FIRST_PAGE_BYTES, `${total} bytes`);
});

test("numbers move and equal the API's", async () => {
  const shown = new Set();
  let agreed = 0;
  await eventually(
    async () => {
      const value = await text("cpu-value");
      shown.add(`${value} ${await text("memory-detail")} ${await text("load-value")}`); // a busy CPU stands at 100 %
      const { snapshot } = await stack.json("/api/v1/snapshot?readMask=cpu");
      const percent = Number.parseFloat(value);
      if (Math.abs(percent - snapshot.cpu.utilizationRatio * 100) <= 0.6) ++agreed;
      return agreed >= 3 && shown.size >= 3;
    },
    { ms: 20_000, what: "a CPU figure that moves and agrees" },
  );
});

test("charts are drawn, and processes and filesystems listed", async () => {
  assert.ok((await page.locator("canvas").count()) >= 6);
  assert.ok((await page.getByTestId("process-row").count()) >= 5);
  assert.ok((await page.getByTestId("filesystem-row").count()) >= 1);
});

test("no error reached the console", () => assert.deepEqual(problems, []));

test("the page says so while the service is gone, and goes on by itself", async () => {
  const known = problems.length;
  stack.service.process.kill("SIGKILL");
  await stack.service.exited;
  await eventually(async () => (await state()) !== "live", { ms: 5000, what: "the page notices" });
  await stack.start("service");
  await eventually(async () => (await state()) === "live", { ms: 5000, what: "the page is live again" });
  problems.length = known; // failed requests while the service was gone are expected
});

test("a phone shows it without scrolling sideways", async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await sleep(300);
  const [scroll, width] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(scroll <= width, `${scroll} > ${width}`);
  // What a row shows when it is opened takes no room from the columns.
  const row = page.locator('[data-testid="process-row"]').first();
  const widths = () => row.locator("td").evaluateAll((cells) => cells.map((cell) => Math.round(cell.getBoundingClientRect().width)));
  const detail = page.locator('[data-testid="process-detail"]');
  await eventually(
    async () => {
      const closed = await widths();
      const pid = await row.getAttribute("data-pid");
      await row.locator("button").evaluate((button) => button.click());
      // A process that ends right then takes its row along, and what comes meanwhile may be wider or less so.
      if (!(await detail.waitFor({ timeout: 3000 }).then(() => true, () => false))) return false;
      const open = await widths();
      await page.locator(`[data-testid="process-row"][data-pid="${pid}"] button`).evaluate((button) => button.click());
      await detail.waitFor({ state: "detached", timeout: 3000 });
      return open.join() === closed.join();
    },
    { ms: 15_000, what: "columns that stay as wide" },
  );
  await page.setViewportSize({ width: 1440, height: 1000 });
});

test("light and dark differ, and the screenshot is taken", async () => {
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: "light" });
  const light = await background();
  await page.emulateMedia({ colorScheme: "dark" });
  assert.notEqual(await background(), light);
  await sleep(Number(process.env.SYSPULSE_SCREENSHOT_WAIT_MS ?? 1000));
  await page.screenshot({ path: process.env.SYSPULSE_SCREENSHOT ?? path.join(BUILD, "dashboard.png") });
});
