// Imports that go wrong: what is told is true, and names what to do.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { BUILD, Program, Stack, eventually } from "./stack.mjs";

const NOW = Math.floor(Date.now() / 1000);
const CLI = path.join(BUILD, "bin/syspulse");

let stack;
before(async () => {
  stack = await Stack.start(["service", "gateway"]);
});
after(() => stack?.stop());

const file = (name, content) => {
  const place = path.join(stack.folder, name);
  writeFileSync(place, content);
  return place;
};

const counted = async (metric) => Number((await stack.query(`sum(count_over_time(${metric}[8h]))`))[0]?.value[1] ?? 0);

/** Runs a line of shell in which `$0` is the CLI and `$1` the service, and returns exit code and words. */
function shell(line) {
  const { status, stdout, stderr } = spawnSync("bash", ["-c", line, CLI, `--server=${stack.grpc}`], { encoding: "utf8", timeout: 30_000 });
  return { status, told: stdout + stderr };
}

test("streams that are closed are named", () => {
  assert.deepEqual(shell('"$0" "$1" import - <&-'), { status: 1, told: "syspulse: cannot read standard input: it is closed\n" });
  const { status, told } = shell('"$0" "$1" export up >&-');
  assert.equal(status, 1);
  assert.match(told, /^syspulse: standard output is closed; direct it to \/dev\/null/);
});

test("Ctrl-C ends an import that waits, and says what is in", async () => {
  const pipe = path.join(stack.folder, "pipe");
  assert.equal(spawnSync("mkfifo", [pipe]).status, 0);
  const nobody = new Program(CLI, [`--server=${stack.grpc}`, "import", pipe]);
  await eventually(() => spawnSync("ls", ["-l", `/proc/${nobody.pid}/fd`], { encoding: "utf8" }).stdout.includes(pipe), { what: "an open pipe" });
  assert.deepEqual(await nobody.stop("SIGINT"), { code: 1, signal: null });
  assert.equal(nobody.log, "syspulse: stopped\n");
});

test("what stands before a mistake is in, and the mistake is named", async () => {
  const good = Array.from({ length: 1000 }, (_, i) => `before_mistake ${i} ${NOW - 2000 + i}000\n`).join("");
  const { code, output } = await stack.cli("import", file("mistake", `${good}before_mistake one ${NOW}000\n`));
  assert.equal(code, 1);
  assert.match(output, /mistake:1001: 'one' is not a value: .*; before that, 1,000 samples imported; it may be run again/);
  assert.equal(await counted("before_mistake"), 1000);
});

test("labels beyond bounds fail at once, not after a minute of attempts", async () => {
  const { code, output } = await stack.cli("import", file("huge", `huge{a="${"b".repeat(5_000_000)}"} 1 ${NOW}000\n`));
  assert.equal(code, 1);
  assert.match(output, /huge:1: the labels of a series take \d+ bytes, and may take 65536: .{60,70}$/m);
});

test("a service that is killed in the middle is waited for, and nothing is missing or double", async () => {
  const times = Array.from({ length: 5000 }, (_, i) => (NOW - 6000 + i) * 1000);
  const lines = Array.from({ length: 400 }, (_, i) => JSON.stringify({ metric: { __name__: "killed", i: `${i}` }, values: times.map((_, j) => (i * j) % 97), timestamps: times }));
  const taken = async () => (await stack.serviceMetrics()).syspulse_store_samples_appended_total;
  const begun = await taken();
  const program = new Program(CLI, [`--server=${stack.grpc}`, "import", file("killed.json", `${lines.join("\n")}\n`)]);
  let appended = begun;
  for (let kill = 0; kill < 3; ++kill) {
    const samples = async () => program.process.exitCode !== null || (await taken()) > appended;
    await eventually(samples, { what: "samples on their way" });
    appended = 0;
    await stack.service.stop("SIGKILL");
    await stack.start("service");
  }
  const end = await program.exited;
  assert.deepEqual(end, { code: 0, signal: null }, program.log);
  // Of what it sends again, as no answer came, some is there.
  const [, imported, , known] = program.log.match(/^syspulse: ([\d,]+) samples imported(; ([\d,]+) were there already, and stay as they were)?\n$/);
  assert.equal(Number(imported.replaceAll(",", "")) + Number((known ?? "0").replaceAll(",", "")), 2_000_000);
  assert.equal(await counted("killed"), 2_000_000);
});
