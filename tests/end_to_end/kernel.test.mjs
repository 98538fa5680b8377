// What readers get agrees with what the kernel says, on every way out.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { cpus, hostname, loadavg, totalmem } from "node:os";
import { after, before, test } from "node:test";
import { Worker } from "node:worker_threads";
import { Stack, eventually, processorTicks, sleep } from "./stack.mjs";

let stack;
before(async () => {
  stack = await Stack.start();
  await stack.ready();
});
after(() => stack?.stop());

const near = (actual, expected, tolerance, what) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} is not ${expected} ± ${tolerance}`);

function meminfo(key) {
  return Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(readFileSync("/proc/meminfo", "utf8"))[1]) * 1024;
}

test("a snapshot agrees with /proc", async () => {
  const { snapshot } = await stack.json("/api/v1/snapshot");
  assert.equal(snapshot.identity.hostname, hostname());
  assert.equal(snapshot.cpu.coreCount, cpus().length);
  assert.equal(snapshot.cpu.cores.length, cpus().length);
  assert.equal(Number(snapshot.memory.totalBytes), totalmem());
  near(Number(snapshot.memory.availableBytes), meminfo("MemAvailable"), totalmem() * 0.03, "available memory");
  near(snapshot.load.oneMinute, loadavg()[0], 0.5, "load");
  near(snapshot.uptimeSeconds, Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]), 3, "uptime");
  near(
    Object.values(snapshot.cpu.modes).reduce((sum, share) => sum + share, 0),
    1,
    0.001,
    "sum of CPU modes",
  );
  assert.ok(snapshot.networks.some(({ device }) => device === "lo"));
  assert.ok(snapshot.filesystems.length > 0);
});

test("utilisation under a known load is what the kernel counts, by REST and by CLI", async () => {
  const spinner = new Worker("for (;;);", { eval: true });
  try {
    await sleep(1500);
    const before = processorTicks();
    const shares = [];
    let last = "";
    await eventually(
      async () => {
        const { snapshot } = await stack.json("/api/v1/snapshot?readMask=sampleTime,cpu");
        if (snapshot.sampleTime !== last) shares.push(snapshot.cpu.utilizationRatio);
        last = snapshot.sampleTime;
        return shares.length >= 6;
      },
      { what: "six snapshots" },
    );
    const after = processorTicks();
    const kernel = (after.busy - before.busy) / (after.total - before.total);
    const ours = shares.slice(1).reduce((sum, share) => sum + share, 0) / (shares.length - 1);
    assert.ok(kernel >= 0.9 / cpus().length, `one core is kept busy: ${kernel}`);
    near(ours, kernel, 0.1, "utilisation");

    const { output } = await stack.cli("snapshot", "-o", "json");
    assert.ok(JSON.parse(output).cpu.utilizationRatio >= 0.9 / cpus().length - 0.1);
    const { output: ps } = await stack.cli("ps", "--limit=3", "-o", "json");
    const busiest = JSON.parse(ps).processes.map(({ pid }) => pid);
    assert.ok(busiest.includes(process.pid), `${process.pid} is not among the busiest: ${busiest}`);
  } finally {
    await spinner.terminate();
  }
});

test("the small monitors' paths answer", async () => {
  const { hosts } = await stack.json("/api/v1/agents");
  assert.equal(hosts[0].hostname, hostname());
  const id = hosts[0].name.replace("hosts/", "");
  const { snapshot } = await stack.json(`/api/v1/metrics/${id}/latest`);
  assert.equal(snapshot.host, hosts[0].name);
  const { processTable } = await stack.json("/top-processes");
  assert.ok(processTable.processes.length > 0);
  assert.ok(processTable.processes.every((process) => process.pid > 0));
});
