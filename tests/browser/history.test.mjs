// The past in a real browser: ranges, zoom, links, and questions in PromQL, over frames of hours ago.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Stack, eventually, sleep } from "../end_to_end/stack.mjs";
import { launchBrowser, openPage } from "./browser.mjs";
import { busyRatio, pushPast } from "./past_host.mjs";

const INTERVAL = 5; // seconds
const HOUR = 3600;
// Whole hours, so that ranges in links are short texts; well in the past, so that no range here reaches now.
const END = Math.floor(Date.now() / 1000 / HOUR) * HOUR - 2 * HOUR;
const START = END - 6 * HOUR;
const OFF = [END - 3 * HOUR, END - 2 * HOUR]; // the host was off

let stack;
let browser;
let page;
const problems = [];

const moment = (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
const linkTo = (from, to, more = "") => stack.url(`/?host=past-1&from=${moment(from)}&to=${moment(to)}${more}`);
const chart = (id) => page.getByTestId(`chart-${id}`);
const rangeInUrl = () => new URL(page.url()).searchParams.get("from");

before(async () => {
  stack = await Stack.start(["service", "gateway"]);
  const times = [];
  for (let time = START; time < END; time += INTERVAL) {
    if (time < OFF[0] || time >= OFF[1]) times.push(time);
  }
  await pushPast(stack.grpc, "past-1", times);
  browser = await launchBrowser();
  page = await openPage(browser, problems);
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});

/** Opens a link and waits until all charts have their answers. */
async function open(link) {
  await page.goto(link);
  await chart("disk-use").locator("canvas").waitFor();
  await loaded();
}

async function loaded() {
  await eventually(async () => (await page.locator(".chart-loading").count()) === 0, { what: "all charts are loaded" });
}

/** The place in a chart that means this time, where the chart shows the given range. */
async function placeOf(id, time, from, to) {
  const box = await chart(id).locator(".u-over").boundingBox();
  return { x: box.x + (box.width * (time - from)) / (to - from), y: box.y + box.height / 2 };
}

async function drag(id, [first, last], from, to) {
  const [begin, end] = [await placeOf(id, first, from, to), await placeOf(id, last, from, to)];
  await page.mouse.move(begin.x, begin.y);
  await page.mouse.down();
  await page.mouse.move((begin.x + end.x) / 2, end.y);
  await page.mouse.move(end.x, end.y);
  await page.mouse.up();
}

const legend = (id, label) => chart(id).locator(".legend-item", { hasText: label }).locator(".legend-value").first();

test("a past range shows what was, and a host that was off is a gap in every chart", async () => {
  await open(linkTo(START, END));
  const measured = END - 1.5 * HOUR;
  const there = await placeOf("load", measured, START, END);
  await page.mouse.move(there.x, there.y);
  await eventually(
    async () => {
      const shown = Number.parseFloat(await legend("load", "1 min").textContent());
      return Math.abs(shown - 2 * busyRatio(measured)) < 0.03;
    },
    { what: "the load of an hour ago" },
  );
  assert.match(await legend("cpu", "user").textContent(), /\d %/, "the cursor is on all charts");
  const gap = await placeOf("load", END - 2.5 * HOUR, START, END);
  await page.mouse.move(gap.x, gap.y);
  await eventually(async () => (await legend("load", "1 min").textContent()) === "–", { what: "a gap below the cursor" });
  assert.equal(await legend("memory", "used").textContent(), "–");
});

test("dragging zooms all charts, and Escape, a double click and the back button each undo one zoom", async () => {
  await open(linkTo(START, END));
  const whole = rangeInUrl();
  const part = [END - 2 * HOUR, END - HOUR];
  const zoomed = async (from, to) => {
    const before = rangeInUrl();
    await drag("memory", part, from, to);
    await eventually(() => rangeInUrl() !== before, { what: "the drag zooms" });
    await loaded();
  };
  const undone = (what) => eventually(() => rangeInUrl() === whole, { what });
  await zoomed(START, END);
  const at = Date.parse(rangeInUrl()) / 1000;
  assert.ok(Math.abs(at - part[0]) < 0.02 * (END - START), `${at - part[0]} s from where it was dragged`);
  await page.keyboard.press("Escape");
  await undone("Escape undoes it");
  await zoomed(START, END);
  await chart("network").locator(".u-over").dblclick();
  await undone("a double click undoes it");
  await zoomed(START, END);
  await page.goBack();
  await undone("the back button undoes it");
  await page.keyboard.press("Escape"); // there is nothing left to undo
  assert.equal(rangeInUrl(), whole);
});

test("the address holds the view: another tab shows the same", async () => {
  await open(linkTo(START, END));
  await chart("load").locator(".legend-item", { hasText: "5 min" }).first().click();
  await page.getByRole("button", { name: "Cores", exact: true }).click();
  await loaded();
  const other = await openPage(browser, problems);
  await other.goto(page.url());
  const hidden = other.getByTestId("chart-load").locator(".legend-item", { hasText: "5 min" }).first();
  await hidden.waitFor();
  assert.equal(await hidden.getAttribute("aria-pressed"), "false");
  assert.equal(await other.getByTestId("range-text").textContent(), await page.getByTestId("range-text").textContent());
  await other.getByTestId("chart-cpu").locator(".legend-item", { hasText: "core 1" }).waitFor();
  await other.close();
});

test("a range before all history says so, and when history begins", async () => {
  await page.goto(linkTo(START - 48 * HOUR, START - 24 * HOUR));
  const notice = page.getByTestId("history-notice");
  await eventually(async () => (await notice.textContent())?.includes("begins"), { what: "the notice" });
  // It says so to five minutes, and none of it is left out: that may be the evening before.
  const days = await page.evaluate((times) => times.map((ms) => new Date(ms).toLocaleDateString("sv")), [START * 1000, (START - 300) * 1000]);
  const text = await notice.textContent();
  assert.ok(days.some((day) => text.includes(`History of past-1 begins ${day}`)), text);
});

test("a range of one's own is read as it is typed, and what is none is refused in words", async () => {
  await page.getByTestId("range-custom").click();
  await page.getByTestId("range-from").fill("a while ago");
  await page.keyboard.press("Enter");
  await page.getByText("“a while ago” is no time").waitFor();
  await page.getByTestId("range-from").fill("now-12h");
  await page.getByTestId("range-to").fill("now");
  await page.keyboard.press("Enter");
  await eventually(() => rangeInUrl() === "now-12h", { what: "the typed range" });
  await page.getByTestId("range-past").getByRole("button", { name: "24 h" }).click();
  assert.equal(rangeInUrl(), "now-24h");
  await page.getByRole("button", { name: "Earlier" }).click();
  assert.notEqual(rangeInUrl(), "now-24h");
});

test("charts that cannot be loaded say why, and the next try works", async () => {
  const known = problems.length;
  await open(linkTo(START, END));
  await page.route("**/syspulse.v1.QueryService/QueryRange", (route) => route.abort());
  await page.getByRole("button", { name: "Zoom out" }).click();
  await page.getByText("Not all charts could be loaded").waitFor();
  assert.match(await chart("load").locator(".chart-note").textContent(), /gateway does not answer/);
  await page.unroute("**/syspulse.v1.QueryService/QueryRange");
  await page.getByRole("button", { name: "Try again" }).click();
  await eventually(async () => (await page.locator(".chart-failed").count()) === 0, { what: "the charts are back" });
  problems.length = known; // the requests that were cut off
});

const expression = (index = 0) => page.getByTestId("query-input").nth(index);
const answers = () => eventually(async () => (await page.getByTestId("query-cost").count()) > 0, { what: "an answer" });

test("an expression is completed at the cursor, by keys alone, and run", async () => {
  await page.goto(stack.url(`/?page=query&from=${moment(START)}&to=${moment(END)}`));
  await expression().click();
  const pick = async (typed, wanted) => {
    await page.keyboard.type(typed);
    await page.locator(".cm-tooltip-autocomplete li", { hasText: wanted }).first().waitFor();
    await sleep(150); // the list takes no key at first: one that was meant for the text would choose from it
    await page.keyboard.press("Tab");
    await eventually(async () => (await expression().textContent()).includes(wanted), { what: `${wanted} completed` });
  };
  await page.keyboard.type("rate(");
  await pick("node_cpu_sec", "node_cpu_seconds_total");
  await page.keyboard.type("{");
  await pick("mo", "mode");
  await page.keyboard.type('="');
  await pick("us", "user");
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft"); // before the bracket that closed itself
  await page.keyboard.type("[5m]");
  await page.keyboard.press("Enter");
  await answers();
  assert.deepEqual(new URL(page.url()).searchParams.getAll("expr"), ['rate(node_cpu_seconds_total{mode="user"}[5m])']);
  await page.getByTestId("query-graph").locator(".legend-item", { hasText: 'cpu="1"' }).waitFor();
});

test("a table shows the values that the API has, and several expressions stand below each other", async () => {
  await page.getByRole("button", { name: "Add expression" }).click();
  await expression(1).click();
  await page.keyboard.type("node_load1 * 2");
  await page.getByTestId("query-run").click();
  await page.getByRole("button", { name: "Table" }).click();
  const tables = page.getByTestId("query-table");
  await eventually(async () => (await tables.count()) === 2, { what: "two tables" });
  const at = moment(END);
  const { vector } = await stack.json(`/api/v1/promql/query?query=${encodeURIComponent("node_load1 * 2")}&time=${at}`);
  assert.equal(await tables.nth(1).locator(".query-value").textContent(), String(vector.samples[0].value));
  await page.reload();
  await eventually(async () => (await tables.count()) === 2, { what: "the same after a reload" });
});

test("a mistake is told and marked at its place", async () => {
  await page.goto(stack.url("/?page=query&expr=sum(rate(node_load1))"));
  await page.getByTestId("query-error").waitFor();
  assert.match(await page.getByTestId("query-error").textContent(), /expected type range vector/);
  await eventually(async () => (await page.locator(".cm-mistake").textContent()) === "node_load1", {
    what: "the mistake is marked",
  });
  assert.equal(await page.getByTestId("query-excerpt").locator("mark").textContent(), "node_load1");
  await sleep(1000); // until the editor has looked for mistakes itself
  assert.equal(await page.locator(".cm-mistake").count(), 1, "the mark stays");
});

test("what was run before is there to choose", async () => {
  await page.getByTestId("query-recent").click();
  await page.locator(".popup-item", { hasText: "node_load1 * 2" }).click();
  await expression().click();
  await page.keyboard.press("Control+Enter");
  await answers();
  assert.deepEqual(new URL(page.url()).searchParams.getAll("expr"), ["node_load1 * 2"]);
});

async function fits(what) {
  const [scroll, width] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(scroll <= width, `${what}: ${scroll} > ${width}`);
}

test("a phone shows expressions and ranges without scrolling sideways", async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const link of [page.url(), linkTo(START, END)]) {
    await page.goto(link);
    await page.locator("canvas").first().waitFor();
    await fits(link);
    for (const button of ["range-custom", "query-recent", "host-picker"]) {
      if ((await page.getByTestId(button).count()) === 0) continue;
      await page.getByTestId(button).click();
      await page.locator(".popup").waitFor();
      await fits(`${button} of ${link}`);
      await page.keyboard.press("Escape");
    }
  }
});

test("the editor is fetched only where it is used", async () => {
  const fetched = [];
  page.on("request", (request) => fetched.push(request.url()));
  await open(linkTo(START, END));
  assert.ok(fetched.length > 0 && !fetched.some((url) => url.includes("query_page")), fetched.join(" "));
  await page.getByTestId("page-query").click();
  await expression().waitFor();
  assert.ok(fetched.some((url) => url.includes("query_page")));
});

test("no error, and no breach of the security policy, reached the console", () => assert.deepEqual(problems, []));
