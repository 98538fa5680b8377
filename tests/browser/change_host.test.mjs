// What people change of hosts on the page: a name and labels, and to forget one, in a real browser.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
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

const row = (id) => page.locator(`[data-testid="fleet-row"][data-host="${id}"]`);
const shownHosts = () => page.getByTestId("fleet-row").evaluateAll((rows) => rows.map((each) => each.dataset.host));
const act = () => page.getByTestId("dialog-action").click();
const hostsWithData = async () => (await stack.query("count_over_time(node_load1[10m])")).length;

/** Stops an agent, waits for the button, and presses it; the dialog is open then. */
async function askToForget(agent, id) {
  await agent.stop();
  await eventually(async () => (await row(id).getByTestId("forget-host").count()) === 1, { ms: 60_000, what: `a button at ${id}` });
  await row(id).getByTestId("forget-host").click();
  await page.getByTestId("forget-dialog").waitFor();
}

test("a name and labels are given, and what cannot be is said in the service's words", async () => {
  await page.goto(stack.url("/?host=web-2"));
  await page.getByTestId("edit-host").click();
  await page.getByTestId("edit-labels").fill("1bad=x");
  await act();
  await eventually(async () => /1bad/.test(await page.getByTestId("dialog-problem").textContent()), { what: "the problem" });
  await page.getByTestId("edit-labels").fill("tier=front");
  await page.getByTestId("edit-name").fill("Shop");
  await act();
  await eventually(async () => /Shop/.test(await page.getByTestId("host-picker").textContent()), { what: "the name" });
  const { host } = await stack.json("/api/v1/hosts/web-2");
  assert.equal(host.displayName, "Shop");
  assert.deepEqual(host.assignedLabels, { tier: "front" });
});

test("a host whose agent has gone is forgotten, and its data stays", async () => {
  await page.goto(stack.url("/?page=fleet"));
  await eventually(async () => (await shownHosts()).length === 3, { what: "all hosts" });
  assert.equal(await page.getByTestId("forget-host").count(), 0, "all are online");
  await askToForget(agents[2], "db-1");
  await page.getByTestId("dialog-cancel").press("Escape");
  await page.getByTestId("forget-dialog").waitFor({ state: "detached" });
  assert.deepEqual((await shownHosts()).toSorted(), ["db-1", "web-1", "web-2"]);
  await row("db-1").getByTestId("forget-host").click();
  await act();
  await eventually(async () => !(await shownHosts()).includes("db-1"), { what: "its row to go" });
  await eventually(async () => (await hostsWithData()) === 3, { what: "data of 3 hosts" });
});

test("with its data, if that is wanted", async () => {
  await askToForget(agents[1], "web-2");
  await page.getByTestId("forget-data").check();
  await act();
  await eventually(async () => (await shownHosts()).join() === "web-1", { what: "its row to go" });
  await eventually(async () => (await hostsWithData()) === 2, { what: "data of 2 hosts" });
  assert.deepEqual(problems, []);
});
