// A reader who wants more than a sample a second has it, live and for itself: the agent samples in between while somebody looks,
// the history and everyone else have one a second as before.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { Stack, eventually, sleep } from "./stack.mjs";

let stack;
let file;

const settings = (...lines) => writeFileSync(file, lines.map((line) => `${line}\n`).join(""), { mode: 0o600 });

/** Samples that `watch` shows of the host: their times in milliseconds, and how busy the CPU was since the one before. */
async function watch(interval, count) {
  const { code, output } = await stack.cli("watch", "web-1", "-i", interval, "-n", `${count}`, "-o", "json");
  assert.equal(code, 0, output);
  const lines = output.trim().split("\n");
  return lines.map((line) => JSON.parse(line)).map(({ sampleTime, cpu }) => ({ time: Date.parse(sampleTime), cpu: cpu?.utilizationRatio }));
}

const distances = (samples) => samples.slice(1).map(({ time }, i) => time - samples[i].time);
const interimFrames = async () => (await stack.serviceMetrics()).syspulse_interim_frames_received_total;

before(async () => {
  stack = new Stack();
  file = path.join(stack.folder, "agent.env");
  settings();
  stack.agentFlags = ["--host-id=web-1", `--env-file=${file}`];
  for (const name of ["service", "agent", "gateway"]) await stack.start(name);
  await stack.ready();
});
after(() => stack?.stop());

test("a reader of ten a second has them, and one beside it has one a second", async () => {
  const [fast, slow] = await Promise.all([watch("100ms", 40), watch("0", 5)]);
  const close = distances(fast);
  assert.ok(close.filter((distance) => distance === 100).length >= 30, `${close}`);
  assert.ok(fast.slice(-20).every(({ cpu }) => cpu >= 0 && cpu <= 1), "each has rates of its own");
  assert.deepEqual(new Set(distances(slow)), new Set([1000]));
});

test("the history has one a second, as if nobody had looked", async () => {
  const [{ values }] = await stack.query("node_memory_MemTotal_bytes[30s]");
  const times = values.map(([seconds]) => Math.round(seconds * 1000));
  assert.ok(times.every((time) => time % 1000 === 0), `${times}`);
  assert.deepEqual(new Set(times.slice(1).map((time, i) => time - times[i])), new Set([1000]));
});

test("processes come as often as they are wanted", async () => {
  const topics = [{ processes: { host: "web-1", interval: "0.200s", limit: 5 } }];
  const response = await fetch(stack.url("/api/v1/live:watch"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ topics }),
    signal: AbortSignal.timeout(20_000),
  });
  // At first the agent may still be at the pace of the test before: then what is newest every 200 ms is 100 to 300 ms newer.
  const wanted = (times) => distances([...times].map((time) => ({ time }))).filter((distance) => distance === 200);
  const times = new Set();
  const end = Date.now() + 15_000;
  let text = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (const [, time] of text.matchAll(/"sampleTime":"([^"]+)"/g)) times.add(Date.parse(time));
    if (wanted(times).length >= 10) return;
    if (Date.now() > end) break;
  }
  assert.fail(`samples were ${distances([...times].map((time) => ({ time })))} ms apart`);
});

test("nobody looks any more: the agent is back at its own pace", async () => {
  await eventually(
    async () => {
      const frames = await interimFrames();
      await sleep(1500);
      return (await interimFrames()) === frames;
    },
    { what: "no more frames in between" },
  );
});

test("the agent accepts no more than it was told to", async () => {
  settings("SYSPULSE_MIN_INTERVAL=500ms");
  const behind = stack.agent.log.length;
  stack.agent.process.kill("SIGHUP");
  await eventually(() => /reloaded; changed: --min-interval/.test(stack.agent.log.slice(behind)), { what: "the new limit" });
  const close = distances(await watch("100ms", 10));
  assert.ok(Math.min(...close.slice(2)) === 500, `${close}`);
});
