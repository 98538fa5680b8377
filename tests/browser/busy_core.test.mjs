// One core is kept busy, and everybody who reads the host says the same as the kernel: API, CLI, page and Prometheus.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Worker } from "node:worker_threads";
import { Prometheus } from "../end_to_end/prometheus.mjs";
import { eventually, processorTicks, sleep } from "../end_to_end/stack.mjs";
import { openLivePage } from "./browser.mjs";

const WINDOW_S = 15;
const NEAR = 0.05; // the readers look at slightly different seconds
const USED = `sum(rate(node_cpu_seconds_total{mode!~"idle|iowait"}[${WINDOW_S}s])) / sum(rate(node_cpu_seconds_total[${WINDOW_S}s]))`;

const problems = [];
let stack;
let browser;
let page;
let prometheus;
before(async () => {
  ({ stack, browser, page } = await openLivePage(problems));
  prometheus = await Prometheus.start(stack.folder, [{ job_name: "syspulse", static_configs: [{ targets: [stack.metrics] }] }]);
  await page.goto(stack.url("/"));
});
after(async () => {
  await browser?.close();
  await prometheus?.stop();
  await stack?.stop();
});

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

test("API, CLI, page and Prometheus read one busy core as the kernel does", { timeout: 90_000 }, async () => {
  const spinner = new Worker("for (;;);", { eval: true });
  const read = { api: [], cli: [], page: [] };
  try {
    await page.getByTestId("cpu-value").waitFor();
    await sleep(2000); // until every rate is of the time with the load
    const before = processorTicks();
    for (let second = 0; second < WINDOW_S; ++second) {
      await sleep(1000);
      read.api.push((await stack.json("/api/v1/snapshot?readMask=cpu")).snapshot.cpu.utilizationRatio);
      read.cli.push(JSON.parse((await stack.cli("snapshot", "-o", "json")).output).cpu.utilizationRatio);
      read.page.push(Number.parseFloat(await page.getByTestId("cpu-value").textContent()) / 100);
    }
    const after = processorTicks();
    const [theirs] = await eventually(() => prometheus.query(USED).then((result) => result.length > 0 && result), { what: "an answer of Prometheus" });
    const kernel = (after.busy - before.busy) / (after.total - before.total);
    const shares = { api: mean(read.api), cli: mean(read.cli), page: mean(read.page), prometheus: Number(theirs.value[1]) };
    for (const [who, share] of Object.entries(shares)) {
      assert.ok(Math.abs(share - kernel) <= NEAR, `${who} says ${share}, the kernel ${kernel}`);
    }
    console.log({ kernel, ...shares });
  } finally {
    await spinner.terminate();
  }
  assert.deepEqual(problems, []);
});
