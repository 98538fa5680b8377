// The query page in a real browser while a host reports: values come by themselves, in the stream that the tab has anyway.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, sleep } from "../end_to_end/stack.mjs";
import { openLivePage, openPage } from "./browser.mjs";

const CLOCK = "time() % 1000"; // another value each second, and short enough to be shown in full
const QUESTION = /QueryService\/Query(Range)?$/;

let stack;
let browser;
let page;
let questions = 0;
const problems = [];

before(async () => {
  ({ stack, browser, page } = await openLivePage(problems));
  page.on("request", (request) => {
    if (QUESTION.test(new URL(request.url()).pathname)) ++questions;
  });
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});

const linkTo = (...expressions) => stack.url(`/?page=query&minutes=2${expressions.map((text) => `&expr=${encodeURIComponent(text)}`).join("")}`);
const following = () => page.getByTestId("query-following").getAttribute("data-state");
const legend = (text) => page.getByTestId("query-graph").locator(".legend-item", { hasText: text }).locator(".legend-value");

/** Waits until a text has changed so many times, and returns all it was. */
async function changes(read, count) {
  const seen = new Set();
  await eventually(async () => seen.add(await read()).size > count, { ms: 10_000, what: `${count} changes of ${[...seen]}` });
  return [...seen];
}

test("a graph up to now goes on by itself, without another question", async () => {
  await page.goto(linkTo(CLOCK, "node_load1"));
  await eventually(async () => (await following()) === "live", { what: "values come" });
  const asked = questions;
  const shown = await changes(() => legend("A {}").first().textContent(), 3);
  assert.equal(questions, asked, "nothing is asked again");
  assert.ok(asked <= 6, `${asked} questions`); // for each width, two and what time it is
  assert.ok(shown.length > 3);
});

test("a browser whose clock is wrong shows the service's last minutes, without a hole", async () => {
  for (const ahead of [3600, -3600]) {
    const other = await openPage(browser, problems);
    await other.addInitScript((ms) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + ms;
    }, ahead * 1000);
    await other.goto(linkTo(CLOCK));
    const state = () => other.getByTestId("query-following").getAttribute("data-state");
    await eventually(async () => (await state()) === "live", { what: `values come while the clock is ${ahead} s ahead` });
    const box = await other.getByTestId("query-graph").locator(".u-over").boundingBox();
    const value = other.getByTestId("query-graph").locator(".legend-value").first();
    for (const part of [0.05, 0.3, 0.6, 0.95]) {
      await other.mouse.move(box.x + part * box.width, box.y + box.height / 2);
      await eventually(async () => /\d/.test(await value.textContent()), { ms: 5000, what: `a value at ${part} of a graph, ${ahead} s ahead` });
    }
    await other.close();
  }
});

test("a table goes on as well", async () => {
  await page.getByTestId("query-tab").getByRole("button", { name: "Table" }).click();
  await eventually(async () => (await following()) === "live", { what: "values come" });
  const asked = questions;
  const times = (await changes(() => page.getByTestId("query-table").first().locator(".query-value").textContent(), 2)).map(Number);
  const late = (Date.now() / 1000 - times.at(-1)) % 1000;
  assert.ok(late >= 0 && late < 10, `${times}`);
  assert.equal(questions, asked);
});

test("an expression that is wrong says where, is asked once, and leaves the others live", async () => {
  await page.goto(linkTo(CLOCK, "sum(rate(node_load1)"));
  await page.getByTestId("query-error").waitFor();
  assert.match(await page.getByTestId("query-error").textContent(), /1:\d+/);
  await page.locator(".cm-mistake").first().waitFor();
  await eventually(async () => (await following()) === "live", { what: "the other goes on" });
  const asked = questions;
  await changes(() => legend("A {}").first().textContent(), 6);
  assert.equal(questions, asked);
});

test("the page says that the newest values are missing while the service is gone, and fills them in", async () => {
  const known = problems.length;
  await page.goto(linkTo(CLOCK));
  await eventually(async () => (await following()) === "live", { what: "values come" });
  stack.service.process.kill("SIGKILL");
  await stack.service.exited;
  await eventually(async () => (await following()) === "lost", { what: "the page notices" });
  await sleep(1500);
  await stack.start("service");
  await eventually(async () => (await following()) === "live", { what: "values come again" });
  await changes(() => legend("{}").first().textContent(), 2);
  problems.length = known; // failed requests while the service was gone are expected
});

test("what the service does not send is asked for again, the page says why, and all else stays live", async () => {
  await page.goto(linkTo(CLOCK));
  await page.getByRole("button", { name: "Add expression" }).click();
  await page.getByTestId("query-input").nth(1).click();
  await page.keyboard.insertText(`${CLOCK} # ${"a".repeat(17_000)}`); // longer than what may be watched
  await page.keyboard.press("Control+Enter");
  await eventually(async () => (await following()) === "asking", { what: "the page asks" });
  assert.match(await page.getByTestId("query-following").textContent(), /every 5s: the query has \d+ bytes/);
  const asked = questions;
  await eventually(() => questions > asked, { ms: 15_000, what: "another question" });
  await changes(() => legend("A {}").first().textContent(), 3);
  await eventually(async () => (await page.getByTestId("connection-state").getAttribute("data-state")) === "live", { what: "the rest is live" });
});

test("what was left is not watched any more", async () => {
  await page.goto(linkTo(CLOCK));
  await eventually(async () => (await following()) === "live", { what: "values come" });
  const isWatch = (request) => request.url().endsWith("LiveService/Watch");
  const [request] = await Promise.all([page.waitForRequest(isWatch), page.getByTestId("page-host").click()]);
  const sent = request.postDataBuffer().toString("latin1");
  assert.ok(sent.includes("hosts/") && !sent.includes(CLOCK), sent);
  await page.getByTestId("chart-cpu").waitFor();
});

test("no error reached the console", () => assert.deepEqual(problems, []));
