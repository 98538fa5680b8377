// What an agent measured arrives, whatever stands between it and the history: a network that hangs or is cut, a service
// that is killed, a restart of the agent itself.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { CuttableProxy } from "./cuttable_proxy.mjs";
import { Stack, eventually, sleep } from "./stack.mjs";

const CUT_S = 30;
const HOST = "gap-1";

let stack;
let proxy;
let spool;
let watching = true;
let watched;
const shown = []; // times of the snapshots that a reader saw, in order

const seconds = () => Date.now() / 1000;
const restartAgent = async () => {
  const service = stack.grpc;
  stack.grpc = proxy.address;
  await stack.start("agent");
  stack.grpc = service;
};

before(async () => {
  stack = await Stack.start(["service", "gateway"]);
  proxy = await CuttableProxy.start(stack.grpc);
  spool = path.join(stack.folder, "spool");
  stack.agentFlags = [`--host-id=${HOST}`, `--spool-dir=${spool}`];
  await restartAgent();
  await stack.ready();
  watched = watch();
});
after(async () => {
  watching = false;
  await watched;
  await stack?.stop();
  await proxy?.cut();
});

async function watch() {
  while (watching) {
    const answer = await stack.json("/api/v1/snapshot?readMask=sampleTime").catch(() => null);
    if (answer) shown.push(Date.parse(answer.snapshot.sampleTime));
    await sleep(50);
  }
}

/** The times, in seconds, of all samples of a series that every tick has, as the history returns them. */
async function history(from, to) {
  const [series] = await stack.query(`node_load1{job="syspulse"}[${Math.ceil(to - from) + 1}s]`, { time: to });
  return (series?.values ?? []).map(([time]) => time).filter((time) => time >= from);
}

/** The seconds of `from` to `to` of which there is not exactly one sample. */
async function wrong(from, to) {
  const counts = new Map();
  for (const time of await history(from, to)) counts.set(time, (counts.get(time) ?? 0) + 1);
  const odd = [];
  for (let second = Math.ceil(from); second <= Math.floor(to); ++second) if (counts.get(second) !== 1) odd.push(second);
  assert.ok([...counts.keys()].every(Number.isInteger), "samples stand on whole seconds");
  return odd;
}

/** What the service says is missing, in seconds; NaN while it does not know the host. */
async function gap() {
  const { hosts } = await stack.json("/api/v1/hosts");
  return Number.parseFloat(hosts?.[0]?.completeness?.gap);
}

async function isWhole(from, to) {
  let odd;
  await eventually(
    async () => {
      odd = await wrong(from, to);
      return odd.length === 0;
    },
    { ms: 40_000, what: "every second once" },
  ).catch((error) => assert.fail(`${error.message}; these are not: ${odd?.map((second) => second - Math.ceil(from))}; ${stack.agent.log}`));
}

test("a network that hangs", { timeout: 60_000 }, async () => {
  const from = seconds();
  await sleep(1000);
  proxy.hang(true);
  await sleep(14_000); // more than is taken for live
  proxy.hang(false);
  await isWhole(from, seconds());
  assert.doesNotMatch(stack.agent.log, /lost the connection/, "it was there all the time");
});

test("a network that is cut, a service that is killed, and an agent that restarts with a spool", { timeout: 150_000 }, async (context) => {
  const from = seconds();
  await sleep(2000);
  await proxy.cut();
  const cut = seconds();
  await sleep(10_000);
  stack.service.process.kill("SIGKILL");
  await stack.service.exited;
  await sleep(5000);
  const stopping = seconds();
  assert.deepEqual(await stack.agent.stop(), { code: 0, signal: null }, stack.agent.log);
  assert.doesNotMatch(stack.agent.log, /did not take over/, "all of it is on the disk");
  assert.ok(readdirSync(spool).some((name) => name.endsWith(".log")));
  await stack.start("service");
  await restartAgent();
  await eventually(() => /KB of samples wait to be sent/.test(stack.agent.log), { what: "the spool is found" });
  await sleep(Math.max(0, (cut + CUT_S - seconds()) * 1000));
  assert.ok((await gap()) > CUT_S - 5, `${await gap()} s of the cut are known to be missing, also after a restart of the service`);
  await proxy.mend();
  const mended = seconds();
  await eventually(async () => (await history(mended, seconds())).length > 0, { ms: 60_000, what: "a live sample" });
  await isWhole(from, stopping - 1);
  // The first sample of a run stands on a whole second, within two of its start; it comes behind those of the spool.
  let first;
  await eventually(
    async () => {
      [first] = await history(stopping + 1, seconds());
      return first - stopping < 5;
    },
    { ms: 40_000, what: "the first sample of the second run" },
  );
  await isWhole(first, seconds() - 1);
  const missing = first - stopping + 1; // of the restart, at most
  await eventually(async () => (await gap()) <= missing, { what: `a gap of ${missing} s` });
  const page = await (await fetch(`http://${stack.metrics}/metrics`)).text();
  const [, exported] = /^syspulse_agent_gap_seconds\{.*\} (\S+)$/m.exec(page);
  assert.ok(Number(exported) <= missing, `${exported}`);
  await eventually(() => !readdirSync(spool).some((name) => name.endsWith(".log")), { what: "an empty spool" });
  const again = (await stack.serviceMetrics()).syspulse_store_frames_duplicate_total;
  context.diagnostic(`back after ${Math.round(seconds() - mended)} s; frames that came twice: ${again}`);
});

test("readers never saw time go back", () => {
  assert.ok(shown.length > 100);
  for (let i = 1; i < shown.length; ++i) assert.ok(shown[i] >= shown[i - 1], `${shown[i - 1]} and then ${shown[i]}`);
});
