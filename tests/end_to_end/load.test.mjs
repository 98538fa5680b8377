// What syspulse-load says is so: a small fleet, which is bigger in tests/bench.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import { BUILD, Program, Stack, eventually } from "./stack.mjs";

const AGENTS = 20;

let stack;
before(async () => {
  stack = await Stack.start(["service"]);
});
after(() => stack?.stop());

const load = (...flags) => new Program(path.join(BUILD, "tests/syspulse-load"), ["--made-up", `--agents=${AGENTS}`, ...flags]);

/** Numbers of the line that begins with `what`, by the words in front of them. */
function numbers(log, what) {
  const line = log.split("\n").find((one) => one.startsWith(what));
  assert.ok(line, `no line '${what}' in: ${log}`);
  return Object.fromEntries([...line.slice(what.length).matchAll(/(\w+) (\d+)/g)].map(([, name, value]) => [name, Number(value)]));
}

test("every frame of a fleet is acknowledged, kept once, and seen by who watches", { timeout: 60_000 }, async () => {
  const seconds = 4;
  const sent = AGENTS * (seconds + 1); // and one of each before the others
  const fleet = load(`--server=${stack.grpc}`, `--seconds=${seconds}`, "--connections=5", "--readers=40", `--service-pid=${stack.service.pid}`);
  assert.deepEqual(await fleet.exited, { code: 0, signal: null }, fleet.log);
  assert.deepEqual(numbers(fleet.log, "frames"), { sent, acknowledged: sent, dropped: 0, missing: 0 });
  assert.match(fleet.log, /^history +has every frame once$/m);
  const [, messages, skipped] = /^to a reader of frames.*\n +(\d+) messages, skipped (\d+)$/m.exec(fleet.log);
  assert.equal(Number(messages) + Number(skipped), sent, fleet.log);
  assert.match(fleet.log, /^readers of snapshots +0 ended by the service$/m);
  assert.match(fleet.log, /^service +[\d.]+ % of a core, [1-9]\d* MiB now/m);
  assert.equal((await stack.serviceMetrics()).syspulse_frames_received_total, sent);
});

test("nothing is missing where the service is killed under a fleet", { timeout: 120_000 }, async () => {
  const seconds = 6;
  const sent = AGENTS * (seconds + 1);
  const fleet = load(`--server=${stack.grpc}`, `--seconds=${seconds}`);
  const received = async () => (await stack.serviceMetrics()).syspulse_frames_received_total;
  const before = await received();
  await eventually(async () => (await received()) >= before + 2.5 * AGENTS, { what: "the first seconds" });
  await stack.service.stop("SIGKILL");
  await stack.start("service");
  assert.deepEqual(await fleet.exited, { code: 0, signal: null }, fleet.log);
  assert.deepEqual(numbers(fleet.log, "frames"), { sent, acknowledged: sent, dropped: 0, missing: 0 });
  assert.match(fleet.log, /^history +has every frame once$/m);
  assert.match(fleet.log, new RegExp(`^connected again +${AGENTS}, within`, "m"));
});

test("what is not acknowledged is said, and the exit code says it too", { timeout: 60_000 }, async () => {
  const fleet = load("--server=127.0.0.1:1", "--seconds=1", "--patience=1");
  assert.deepEqual(await fleet.exited, { code: 1, signal: null }, fleet.log);
  assert.deepEqual(numbers(fleet.log, "frames"), { sent: AGENTS, acknowledged: 0, dropped: 0, missing: AGENTS });
});
