// Fingers on the charts of a phone: one chooses a stretch, two spread or pinch what is on screen, a tap reads a value,
// and drawn up or down a finger scrolls.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Stack, eventually } from "../end_to_end/stack.mjs";
import { launchBrowser } from "./browser.mjs";
import { pushPast } from "./past_host.mjs";

const HOUR = 3600;
const END = Math.floor(Date.now() / 1000 / HOUR) * HOUR - 2 * HOUR;
const START = END - HOUR;

let stack;
let browser;
let page;
let touch;
const problems = [];

const moment = (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
const range = () => ["from", "to"].map((name) => Date.parse(new URL(page.url()).searchParams.get(name)) / 1000);

before(async () => {
  stack = await Stack.start(["service", "gateway"]);
  await pushPast(stack.grpc, "past-1", Array.from({ length: HOUR / 10 }, (_, index) => START + 10 * index));
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  touch = await context.newCDPSession(page);
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});

async function open() {
  await page.goto(stack.url(`/?host=past-1&from=${moment(START)}&to=${moment(END)}`));
  await page.getByTestId("chart-cpu").locator("canvas").waitFor();
  await eventually(async () => (await page.locator(".chart-loading").count()) === 0, { what: "all charts are loaded" });
  await page.getByTestId("chart-memory").scrollIntoViewIfNeeded();
}

/** Moves fingers over the chart of memory: each from one part of its width to another, by so many pixels down. */
async function draw(fingers, down = 0) {
  const box = await page.getByTestId("chart-memory").locator(".u-over").boundingBox();
  const y = box.y + box.height / 2;
  const at = (part) =>
    fingers.map(([from, to], id) => ({ id, x: box.x + box.width * (from + (to - from) * part), y: y + down * part }));
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(0) });
  for (const part of [0.25, 0.5, 0.75, 1]) {
    await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: at(part) });
  }
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
}

async function shows(from, to, what) {
  const near = (a, b) => Math.abs(a - b) < 0.03 * HOUR;
  await eventually(() => near(range()[0], from) && near(range()[1], to), { ms: 5000, what: `${what}, not ${range().map(moment)}` });
}

test("one finger drawn across a chart chooses what it was drawn across", async () => {
  await open();
  await draw([[0.25, 0.75]]);
  await shows(START + HOUR / 4, START + (3 * HOUR) / 4, "the stretch");
  await page.goBack();
  await shows(START, END, "all of it again");
});

test("two fingers that spread show less, and two that pinch show more", async () => {
  await open();
  await draw([[0.4, 0.2], [0.6, 0.8]]);
  await shows(START + HOUR / 3, START + (2 * HOUR) / 3, "a third");
  await open();
  await draw([[0.2, 0.4], [0.8, 0.6]]);
  await shows(START - HOUR, END + HOUR, "three times as much");
});

test("drawn down, a finger scrolls the page and zooms nothing", async () => {
  await open();
  const before = await page.evaluate(() => scrollY);
  await draw([[0.5, 0.52]], -200);
  await eventually(async () => (await page.evaluate(() => scrollY)) > before + 50, { what: "the page scrolls" });
  await shows(START, END, "what it did before");
});

test("a tap reads the values there", async () => {
  await open();
  const box = await page.getByTestId("chart-memory").locator(".u-over").boundingBox();
  const text = page.getByTestId("range-text");
  const before = await text.textContent();
  await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
  await eventually(async () => (await text.textContent()) !== before, { what: "the time below the finger" });
  const chosen = await text.textContent();
  await page.setViewportSize({ width: 390, height: 3000 });
  await page.locator("[data-testid^=chart-]").last().locator("canvas").waitFor();
  await page.waitForTimeout(300);
  assert.equal(await text.textContent(), chosen, "charts drawn later leave the cursor where it is");
  await shows(START, END, "what it did before");
});

test("no error reached the console", () => assert.deepEqual(problems, []));
