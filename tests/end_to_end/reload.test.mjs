// Settings in a file, and what SIGHUP makes of them: the agent goes on by the new ones and loses no second; service and gateway take
// what they can; a file that is broken changes nothing.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { Program, Stack, BUILD, eventually, sleep } from "./stack.mjs";

let stack;
let file;

const settings = (lines) => writeFileSync(file, lines.map((line) => `${line}\n`).join(""), { mode: 0o600 });

/** Asks a program to read its settings again, and waits for what it says behind what it has said before. */
async function reload(program, answer) {
  const behind = program.log.length;
  program.process.kill("SIGHUP");
  return eventually(() => answer.exec(program.log.slice(behind)), { what: `${answer} in: ${program.log.slice(behind)}` });
}

/** Times of all samples of a metric, in milliseconds. */
async function times(metric) {
  const result = await stack.query(`${metric}[2m]`);
  return result.flatMap(({ values }) => values.map(([seconds]) => Math.round(seconds * 1000)));
}

const labels = async () => (await stack.json("/api/v1/hosts")).hosts[0].labels ?? {};

before(async () => {
  stack = new Stack();
  file = path.join(stack.folder, "agent.env");
  settings(["# where it stands", 'SYSPULSE_LABEL="rack=b7,room=2"', "SYSPULSE_SLOW_INTERVAL=1s", "SYSPULSE_RACK=b7"]);
  stack.agentFlags = [`--env-file=${file}`];
  for (const name of ["service", "agent", "gateway"]) await stack.start(name);
  await stack.ready();
});
after(() => stack?.stop());

test("the file is read at the start, and a name that nothing reads is warned of", async () => {
  await eventually(async () => (await labels()).room === "2", { what: "labels" });
  assert.deepEqual(await labels(), { rack: "b7", room: "2" });
  assert.match(stack.agent.log, /agent\.env:4: SYSPULSE_RACK is no variable of syspulse-agent/);
});

test("labels, collectors and the interval change without a second that is lost", async () => {
  const before = (await times("node_memory_MemTotal_bytes")).length;
  settings(['SYSPULSE_LABEL="rack=b8"', "SYSPULSE_COLLECTOR_LOADAVG=no", "SYSPULSE_INTERVAL=500ms", "SYSPULSE_SLOW_INTERVAL=1s"]);
  await reload(stack.agent, /reloaded; changed: --interval, --label, --collector\.loadavg/);
  await eventually(async () => JSON.stringify(await labels()) === '{"rack":"b8"}', { what: "the new label" });
  const all = await eventually(async () => {
    const found = await times("node_memory_MemTotal_bytes");
    return found.length >= before + 8 ? found : null;
  });
  const gaps = all.slice(1).map((time, i) => time - all[i]);
  assert.ok(gaps.includes(500), `no half second in ${gaps}`);
  assert.deepEqual(gaps.filter((gap) => gap > 1000), [], "a second is missing");
  const switchedOff = await times("node_load1");
  assert.ok(switchedOff.at(-1) < all.at(-1) - 1000, "it goes on");
});

test("what needs a restart is said, and what was taken back is not", async () => {
  settings(['SYSPULSE_LABEL="rack=b8"', "SYSPULSE_COLLECTOR_LOADAVG=no", "SYSPULSE_INTERVAL=500ms", "SYSPULSE_SLOW_INTERVAL=1s", "SYSPULSE_SPOOL_DIR=/x"]);
  await reload(stack.agent, /--spool-dir is '\/x' now, and stays '' until a restart\n.*reloaded; changed: nothing/);
  settings(['SYSPULSE_LABEL="rack=b8"', "SYSPULSE_COLLECTOR_LOADAVG=no", "SYSPULSE_INTERVAL=500ms", "SYSPULSE_SLOW_INTERVAL=1s"]);
  const behind = stack.agent.log.length;
  await reload(stack.agent, /reloaded; changed: nothing/);
  assert.doesNotMatch(stack.agent.log.slice(behind), /restart/);
});

test("a file that is broken changes nothing and is named with its line", async () => {
  settings(["SYSPULSE_LABEL=rack=b9", 'SYSPULSE_HOST_ID="web']);
  await reload(stack.agent, /error nothing was reloaded: \S+agent\.env:2: 'web' begins within a quote that never ends/);
  settings(["SYSPULSE_LABEL=rack=b9", "", "SYSPULSE_INTERVAL=1ms"]);
  await reload(stack.agent, /error nothing was reloaded: \S+agent\.env:3: SYSPULSE_INTERVAL: .*1ms is not from 100ms to 1h/);
  assert.deepEqual(await labels(), { rack: "b8" });
});

test("an agent without a service looks for none", async () => {
  settings([]);
  const flags = ["--server=", "--exporter-listen=127.0.0.1:0", `--env-file=${file}`];
  const alone = new Program(path.join(BUILD, "bin/syspulse-agent"), flags);
  try {
    await alone.listening("metrics");
    settings(["SYSPULSE_LABEL=rack=b9"]);
    await reload(alone, /reloaded; changed: --label/);
    await sleep(1000);
    assert.doesNotMatch(alone.log, /warning|keeping samples/);
  } finally {
    await alone.stop();
  }
});

test("the service and the gateway outlive SIGHUP and say what they did", async () => {
  await reload(stack.service, /reloaded: log level info/);
  await reload(stack.gateway, /reloaded: log level info[\s\S]*read the dashboard's files again/);
  assert.equal((await fetch(stack.url("/healthz"))).status, 200);
});

test("an agent whose file is broken does not start, and prints what holds when asked", async () => {
  const run = async (...args) => {
    const program = new Program(path.join(BUILD, "bin/syspulse-agent"), [`--env-file=${file}`, ...args]);
    const { code } = await program.exited;
    return { code, log: program.log };
  };
  settings(["SYSPULSE_INTERVAL 5s"]);
  const broken = await run();
  assert.equal(broken.code, 2);
  assert.match(broken.log, /agent\.env:1: 'SYSPULSE_INTERVAL 5s' has no =; write NAME=VALUE/);
  settings(["SYSPULSE_INTERVAL=5s"]);
  const printed = await run("--print-config", "--label=a=b");
  assert.equal(printed.code, 0);
  assert.match(printed.log, /# --interval, from \S+agent\.env:1\nSYSPULSE_INTERVAL=5s\n/);
  assert.match(printed.log, /# --label, from the command line\nSYSPULSE_LABEL=a=b\n/);
});
