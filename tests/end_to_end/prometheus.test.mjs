// Prometheus itself, from Debian, scrapes the exporter and answers questions about what it got.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpus, hostname } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { Prometheus } from "./prometheus.mjs";
import { PEERS, Stack, eventually } from "./stack.mjs";

const WINDOW_MS = 60_000;

let stack;
let prometheus;

before(async () => {
  stack = await Stack.start();
  await stack.ready();
  prometheus = await Prometheus.start(stack.folder, [
    { job_name: "syspulse", static_configs: [{ targets: [stack.metrics] }], honor_labels: true },
    // Under another job: two targets that write the same series at nearly the same time look like counters that reset.
    {
      job_name: "hosts",
      http_sd_configs: [{ url: stack.url("/sd"), refresh_interval: "1s" }],
      relabel_configs: [{ target_label: "job", replacement: "hosts" }],
    },
  ]);
});
after(async () => {
  await prometheus?.stop();
  await stack?.stop();
});

const scrape = async (place) => (await fetch(`http://${stack.metrics}${place}`)).text();

// promtool wants snake_case, and node_exporter's names for the kernel's MemTotal and its like are not; dashboards ask
// for those names, so that two complaints about them stand, as they do about node_exporter itself.
const NODE_EXPORTERS_NAMES =
  /^node_(\w+ metric names should be written in 'snake_case' not 'camelCase'|entropy_\w+ use base unit "bytes" instead of "bits")\n/gm;

function promtool(text) {
  const { stdout, stderr } = spawnSync(path.join(PEERS, "promtool"), ["check", "metrics"], { input: text, encoding: "utf8" });
  return (stdout + stderr).replaceAll(NODE_EXPORTERS_NAMES, "");
}

test("promtool sees what is wrong with a page", () => assert.match(promtool("a_total{ 1\n"), /error/));

test("promtool finds nothing to say about the service's page", async () => {
  const page = await scrape("/metrics");
  assert.match(page, /^node_cpu_seconds_total\{.*instance="/m);
  assert.equal(promtool(page), "");
});

test("promtool finds nothing to say about a host's page", async () => {
  const { hosts } = await stack.json("/api/v1/hosts");
  const page = await scrape(`/${hosts[0].name}/metrics`);
  assert.match(page, /^node_load1 /m);
  assert.equal(promtool(page), "");
});

test("Prometheus scrapes and answers", async () => {
  const rates = (window) => prometheus.query(`rate(node_cpu_seconds_total{instance="${hostname()}",job="syspulse"}[${window}])`);
  await eventually(
    async () => {
      const result = await rates("10s"); // a longer window would have to fill first
      const sum = result.reduce((total, { value }) => total + Number(value[1]), 0);
      return Math.abs(sum - cpus().length) < 0.1 * cpus().length;
    },
    { ms: WINDOW_MS, what: "a second of CPU time for each core and second" },
  );
  assert.equal((await rates("1m")).length, cpus().length * 8);
});

test("the gateway's service discovery leads Prometheus to the host's page", async () => {
  const up = await eventually(
    async () => {
      const result = await prometheus.query(`up{instance="${hostname()}",job="hosts"} == 1 and on (instance) count by (instance) (node_load1)`);
      return result.length > 0 ? result : null;
    },
    { ms: WINDOW_MS, what: "a host found through /sd" },
  );
  assert.equal(up.length, 1);
});
