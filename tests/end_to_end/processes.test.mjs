// What is said of processes agrees with what the kernel says, for processes that do one thing each.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { Stack, eventually, sleep } from "./stack.mjs";

const MEGABYTE = 1 << 20;
const TICKS_PER_SECOND = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
const PAGE = Number(execFileSync("getconf", ["PAGESIZE"], { encoding: "utf8" }));

// Found by their arguments, which hold this word; none of their work is done before they say that it begins.
const MARK = `syspulse-process-test-${process.pid}`;
const PROGRAMS = {
  spinning: "for (;;) { for (let i = 0; i < 1e8; ++i); }",
  sleeping: "setInterval(() => {}, 1e6);",
  writing: `const fs = require("fs"); const file = fs.openSync(process.argv[2], "w"); const block = Buffer.alloc(${MEGABYTE}, 7);
            setInterval(() => { fs.writeSync(file, block, 0, block.length, 0); fs.fsyncSync(file); }, 100);`,
  filling: `globalThis.block = Buffer.alloc(${300 * MEGABYTE}, 7); setInterval(() => {}, 1e6);`,
};

let stack;
let folder;
const children = {};

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "syspulse-test-"));
  for (const [name, program] of Object.entries(PROGRAMS)) {
    const code = `console.log("begins"); ${program}`;
    const child = spawn(process.execPath, ["-e", code, "--", `${MARK}-${name}`, path.join(folder, "data")], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    children[name] = child;
  }
  stack = await Stack.start();
  await stack.ready();
});
after(async () => {
  for (const child of Object.values(children)) child.kill("SIGKILL");
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The row of one of the programs. */
async function row(name) {
  const { processTable } = await stack.json(`/api/v1/processes?filter=${MARK}-${name}`);
  assert.equal(processTable.processes.length, 1, name);
  return processTable.processes[0];
}

/** The row in which a rate is measured. */
const rowWith = (name, field) => eventually(async () => { const found = await row(name); return found[field] !== undefined ? found : null; }, { what: `${field} of ${name}` });

const near = (actual, expected, tolerance, what) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} is not ${expected} ± ${tolerance}`);

/** The fields of /proc/[pid]/stat behind the name, from the state (field 3) on. */
const stat = (pid) => readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
const cpuSeconds = (pid) => (Number(stat(pid)[11]) + Number(stat(pid)[12])) / TICKS_PER_SECOND;
const writtenBytes = (pid) => Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))[1]);
const ps = (pid, field) => execFileSync("ps", ["-o", `${field}=`, "-p", String(pid)], { encoding: "utf8" }).trim();

/** Means of a field over `count` samples, and of the kernel's counter over the same time. */
async function means(name, field, counter, count = 6) {
  const pid = children[name].pid;
  const begin = { time: Date.now(), value: counter(pid) };
  const values = [];
  let last;
  await eventually(
    async () => {
      const { processTable } = await stack.json(`/api/v1/processes?filter=${MARK}-${name}`);
      const found = processTable.processes[0];
      if (processTable.sampleTime !== last && found?.[field] !== undefined) values.push(found[field]);
      last = processTable.sampleTime;
      return values.length >= count;
    },
    { what: `${count} samples of ${name}` },
  );
  const kernel = (counter(pid) - begin.value) / ((Date.now() - begin.time) / 1000);
  return { ours: values.slice(1).reduce((sum, value) => sum + value, 0) / (values.length - 1), kernel };
}

test("a spinning process uses what the kernel says it uses", async () => {
  const { ours, kernel } = await means("spinning", "cpuUtilizationRatio", cpuSeconds);
  assert.ok(kernel > 0.2, `it should spin; the kernel counts ${kernel}`);
  near(ours, kernel, 0.15, "CPU of one core");
  assert.equal((await row("spinning")).state, "PROCESS_STATE_RUNNING");
});

test("a sleeping process uses nothing", async () => {
  await sleep(2000);
  const found = await rowWith("sleeping", "cpuUtilizationRatio");
  near(found.cpuUtilizationRatio, 0, 0.02, "CPU of one core");
  assert.equal(found.state, "PROCESS_STATE_SLEEPING");
});

test("a writing process writes what the kernel says it writes", async () => {
  const { ours, kernel } = await means("writing", "writeBytesPerSecond", writtenBytes, 8);
  near(ours, kernel, Math.max(kernel * 0.3, 64 * 1024), "bytes a second"); // on a disk; in memory both are nothing
});

test("a memory-filling process has the memory that the kernel says it has", async () => {
  const pages = readFileSync(`/proc/${children.filling.pid}/statm`, "utf8").split(" ").map(Number);
  const found = await row("filling");
  assert.ok(Number(found.residentBytes) > 300 * MEGABYTE);
  near(Number(found.residentBytes), pages[1] * PAGE, 8 * MEGABYTE, "resident bytes");
  near(Number(found.residentBytes), Number(ps(found.pid, "rss")) * 1024, 8 * MEGABYTE, "resident bytes, by ps");
});

test("who it is, since when, and what it has open is what ps and /proc say", async () => {
  for (const [name, { pid }] of Object.entries(children)) {
    const found = await eventually(async () => { const one = await row(name); return one.openFileCount !== undefined ? one : null; }, { what: `open files of ${name}` });
    assert.equal(found.pid, pid);
    assert.equal(found.ppid, process.pid);
    assert.equal(found.user, ps(pid, "user"));
    assert.equal(found.command, readFileSync(`/proc/${pid}/comm`, "utf8").trim());
    assert.equal(found.threadCount, Number(ps(pid, "nlwp")));
    assert.equal(found.nice ?? 0, Number(ps(pid, "ni")));
    assert.equal(found.openFileCount, readdirSync(`/proc/${pid}/fd`).length);
    assert.match(found.executable, /node/);
    near(Date.parse(found.startTime), Date.parse(ps(pid, "lstart")), 2000, "start");
    near(found.cpuSeconds ?? 0, cpuSeconds(pid), 3, "CPU seconds");
  }
});

test("a process that ends is gone, and the totals are the kernel's", async () => {
  children.sleeping.kill("SIGKILL");
  await once(children.sleeping, "exit");
  await eventually(async () => (await stack.json(`/api/v1/processes?filter=${MARK}-sleeping`)).processTable.processes === undefined, { what: "the end of a process" });
  const { processTable } = await stack.json("/api/v1/processes?pageSize=1");
  const listed = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry)).length;
  near(processTable.totals.processCount, listed, 10, "processes");
});

test("a secret among the arguments does not leave the host", async () => {
  const child = spawn(process.execPath, ["-e", PROGRAMS.sleeping, "--", `${MARK}-secret`, "--password=hunter2", "https://me:hunter2@example.org/"]);
  try {
    const found = await eventually(async () => (await stack.json(`/api/v1/processes?filter=${MARK}-secret`)).processTable.processes?.[0], { what: "the process with a secret" });
    assert.match(found.commandLine, /--password=\*\*\*/);
    assert.doesNotMatch(JSON.stringify(found), /hunter2/);
  } finally {
    child.kill("SIGKILL");
  }
});
