// The fleet page in a real browser: hosts sorted, filtered and opened, and the busiest processes of all.
// Writes screenshots to SYSPULSE_FLEET_SCREENSHOTS, a folder, if that is set.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import { FLEET } from "../end_to_end/some_agents.mjs";
import { eventually } from "../end_to_end/stack.mjs";
import { startFleet } from "./fleet_page.mjs";

let fleet;
let stack;
let agents;
let page;
const problems = [];

before(async () => {
  fleet = await startFleet(problems);
  ({ stack, agents, page } = fleet);
});
after(() => fleet?.stop());

const shownHosts = () => page.getByTestId("fleet-row").evaluateAll((rows) => rows.map((row) => row.dataset.host));
const inUrl = (name) => new URL(page.url()).searchParams.get(name);
const text = (id) => page.getByTestId(id).first().textContent();

async function picture(name) {
  const folder = process.env.SYSPULSE_FLEET_SCREENSHOTS;
  if (folder) await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

test("all hosts are there with what they do, in one stream", async () => {
  const streams = [];
  page.on("request", (request) => request.url().includes("LiveService") && streams.push(request.url()));
  await page.goto(stack.url("/?page=fleet"));
  await eventually(async () => (await shownHosts()).length === FLEET.length, { what: "a row for each host" });
  assert.equal(await text("connection-state"), "Live");
  assert.match(await text("fleet-count"), /^3 · 3 online$/);
  const row = page.locator('[data-testid="fleet-row"][data-host="web-1"]');
  await eventually(async () => /\d %/.test(await row.textContent()), { what: "its numbers" });
  assert.match(await row.textContent(), /env=prod/);
  assert.equal(await row.getByRole("meter").count(), 5);
  await eventually(async () => (await page.getByTestId("fleet-process").count()) === 15, { what: "processes of all" });
  assert.equal(streams.length, 1);
  await picture("light");
});

test("a click on a heading sorts, and the link says so", async () => {
  await page.getByTestId("fleet-sort-display_name").click();
  await eventually(() => inUrl("hosts-sort") === "display_name", { what: "the order in the URL" });
  await eventually(async () => (await shownHosts()).join() === "db-1,web-1,web-2", { what: "that order" });
  await page.getByTestId("fleet-sort-memory.utilization").click();
  await eventually(() => inUrl("hosts-sort") === "-memory.utilization", { what: "the greatest first" });
});

test("labels and numbers find hosts, and a link does too", async () => {
  await page.getByTestId("fleet-filter").fill('env="prod",cpu.utilization>=0%');
  await eventually(async () => (await shownHosts()).sort().join() === "web-1,web-2", { what: "the hosts that are meant" });
  assert.equal(inUrl("hosts"), 'env="prod",cpu.utilization>=0%');
  await page.goto(stack.url(`/?page=fleet&hosts=${encodeURIComponent('env="dev"')}`));
  await eventually(async () => (await shownHosts()).join() === "db-1", { what: "the one of the link" });
});

test("a filter that is none is answered in a sentence, and can be mended", async () => {
  await page.getByTestId("fleet-filter").fill("beauty>1");
  await eventually(async () => (await page.getByTestId("fleet-problem").count()) === 1, { what: "a sentence" });
  assert.match(await text("fleet-problem"), /byte 1: 'beauty' cannot be compared/);
  assert.equal(await page.getByTestId("connection-state").getAttribute("data-state"), "live", "all else goes on");
  await page.getByTestId("fleet-filter").fill("");
  await eventually(async () => (await shownHosts()).length === FLEET.length, { what: "all hosts again" });
  assert.equal(await page.getByTestId("fleet-problem").count(), 0);
});

test("processes are sorted by what one looks for", async () => {
  await page.getByTestId("fleet-top").getByText("Memory").click();
  await eventually(() => inUrl("hosts-top") === "resident_bytes", { what: "the order in the URL" });
  await eventually(async () => (await page.getByTestId("fleet-process").count()) === 15, { what: "processes" });
});

test("a click opens the host, and back goes back", async () => {
  await page.locator('[data-testid="fleet-row"][data-host="db-1"] a').click();
  await eventually(async () => (await page.getByTestId("cpu-value").count()) === 1, { what: "the page of the host" });
  assert.equal(inUrl("host"), "db-1");
  await page.goBack();
  await eventually(async () => (await shownHosts()).length === FLEET.length, { what: "the fleet" });
});

test("a phone shows it without scrolling sideways, and the dark theme is dark", async () => {
  await page.emulateMedia({ colorScheme: "dark" });
  await picture("dark");
  await page.setViewportSize({ width: 360, height: 740 });
  await eventually(
    async () => {
      const [scroll, width] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      return scroll <= width;
    },
    { what: "a page as wide as the phone" },
  );
  await picture("phone");
});

test("no error reached the console", () => assert.deepEqual(problems, []));
