// Queries that nobody should ask, over a long past of one series: an answer or a clear error each, in bounded memory,
// while live streams go on. SYSPULSE_TEST_DAYS=365 asks them of a year.
import assert from "node:assert/strict";
import { appendFileSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { Stack, eventually, residentBytes } from "./stack.mjs";

const DAYS = Number(process.env.SYSPULSE_TEST_DAYS ?? 40);
const DAY_SECONDS = 86_400;
const MIB = 2 ** 20;
const SAMPLE_BYTES = 16; // a time and a value
// Two queries at a time, each of which may copy what it holds a few times; 50 million samples at most.
const HELD = Math.min(2.5 * 1024 * MIB, 2 * 4 * DAYS * DAY_SECONDS * SAMPLE_BYTES);
const PEAK_GROWTH = { service: HELD + 384 * MIB, gateway: 512 * MIB };
const END = Math.floor(Date.now() / 1000) - 60;

let stack;
let before_;

before(async () => {
  stack = new Stack();
  stack.serviceFlags = [`--retention-time=${24 * (DAYS + 2)}h`];
  for (const name of ["service", "agent", "gateway"]) await stack.start(name);
  await stack.ready();
  const file = path.join(stack.folder, "past.json");
  writePast(file);
  const { code, output } = await stack.cli("import", file);
  assert.equal(code, 0, output);
  assert.match(output, new RegExp(`${(DAYS * DAY_SECONDS + 40).toLocaleString("en")} samples imported`));
  before_ = { service: residentBytes(stack.service.pid), gateway: residentBytes(stack.gateway.pid) };
});
after(() => stack?.stop());

/** A series of one sample a second, and forty whose labels are hard on regular expressions that backtrack. */
function writePast(file) {
  const write = (metric, values, timestamps) => appendFileSync(file, `${JSON.stringify({ metric, values, timestamps })}\n`);
  for (let day = 0; day < DAYS; ++day) {
    const times = Array.from({ length: DAY_SECONDS }, (_, i) => (END - (DAYS - day) * DAY_SECONDS + i) * 1000);
    const values = times.map((time) => (time / 1000) % 60);
    write({ __name__: "past", zone: "a" }, values, times);
  }
  for (let i = 0; i < 40; ++i) write({ __name__: "awkward", text: `${"a".repeat(1000 + i)}!` }, [i], [END * 1000]);
}

/** Asks, and returns status, error type and error, and how many bytes were answered. */
async function ask(place, parameters) {
  const response = await fetch(stack.url(`/api/v1/${place}`), { method: "POST", body: new URLSearchParams(parameters) });
  let bytes = 0;
  let begin = "";
  for await (const piece of response.body) {
    bytes += piece.length;
    if (begin.length < 4096) begin += Buffer.from(piece).toString("utf8");
  }
  const { errorType, error } = response.ok ? {} : JSON.parse(begin);
  return { status: response.status, errorType, error, bytes, begin };
}

const over = (query, step, parameters) => ask("query_range", { query, start: END - DAYS * DAY_SECONDS, end: END, step, ...parameters });

const peakBytes = (pid) => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1024;

/** Reads the stream of snapshots while `work` runs, and returns how many a second came and the longest wait for one. */
async function paceDuring(work) {
  const leave = new AbortController();
  const response = await fetch(stack.url("/api/v1/snapshots:watch"), { signal: leave.signal });
  const reader = response.body.getReader();
  await reader.read();
  const begin = performance.now();
  let last = begin;
  let count = 0;
  let longestMs = 0;
  const reading = (async () => {
    for (;;) {
      const { done } = await reader.read();
      if (done) throw new Error("the stream of snapshots ended");
      const now = performance.now();
      longestMs = Math.max(longestMs, now - last);
      last = now;
      ++count;
    }
  })();
  await Promise.race([reading, work()]);
  const seconds = (performance.now() - begin) / 1000;
  leave.abort();
  await reading.catch(() => {});
  return { perSecond: count / seconds, longestMs, seconds };
}

test("all samples of the past are counted", async () => {
  const [{ value }] = await stack.query(`count_over_time(past[${DAYS + 1}d])`);
  assert.equal(Number(value[1]), DAYS * DAY_SECONDS);
});

test("a step of a millisecond is an answer or a clear error", async () => {
  const error = /^exceeded maximum resolution of 11,000 points/;
  const all = await over("past", 0.001);
  assert.equal(all.status, 400);
  assert.match(all.error, error);
  assert.match((await over("past", 0.0001)).error, /step/);
  const some = await ask("query_range", { query: "past", start: END - 10, end: END, step: 0.001 });
  assert.equal(some.status, 200);
  const nested = await ask("query", { query: `max_over_time(sum_over_time(past[1h])[${DAYS}d:1ms])` });
  assert.equal(nested.status, 422);
  assert.match(nested.error, /too many samples/);
});

test("more samples than a message holds are refused in words", async () => {
  const { status, errorType, error } = await ask("query", { query: `{__name__=~"past|past"}[${DAYS + 1}d:500ms]` });
  assert.deepEqual([status, errorType], [422, "execution"]);
  assert.match(error, /^the answer has \d+ MiB, and at most 60 are sent; ask for less time|too many samples/);
});

test("regular expressions that would backtrack take no time", async () => {
  for (const pattern of ["(a+)+$", "(a|aa)+", "(.*)(.*)(.*)(.*)(.*)(.*)b", "(a?){500}a{500}", "((a*)*)*c"]) {
    const { status, begin } = await ask("query", { query: `awkward{text=~"${pattern}"}`, time: END });
    assert.ok(status === 200 || status === 400, `${pattern}: ${begin}`);
    const replaced = await ask("query", { query: `label_replace(awkward, "x", "$1", "text", "${pattern}!")`, time: END });
    assert.ok([200, 400, 422].includes(replaced.status), `${pattern}: ${replaced.begin}`);
  }
});

test("ten heavy queries at once leave live streams alone, and memory is bounded", async (t) => {
  const timeout = "8s";
  const heavy = [
    () => over(`avg_over_time(past[${Math.ceil(DAYS / 2)}d])`, 3600, { timeout }),
    () => over("quantile_over_time(0.9, past[1d])", 60 * DAYS, { timeout }),
    () => over(`max_over_time(rate(past[5m])[1d:10s])`, 3600, { timeout }),
    () => over("sum(past) by (zone) * on (zone) group_left sum(past) by (zone)", 8 * DAYS, { timeout }),
    () => ask("query", { query: `stddev_over_time(past[${DAYS}d])`, timeout }),
    () => ask("query", { query: `past[${DAYS}d]`, timeout }),
    () => ask("query", { query: `past[${Math.min(DAYS, 30)}d]`, timeout }),
    () => ask("query", { query: `sum_over_time(past[${DAYS}d:1s])`, timeout }),
    () => over(`predict_linear(past[${DAYS}d], 3600)`, 7200, { timeout }),
    () => over('{__name__=~".+"}', 8 * DAYS, { timeout }),
  ];
  let answers;
  const pace = await paceDuring(async () => {
    answers = await Promise.all(heavy.map((query) => query()));
  });
  for (const [i, { status, error }] of answers.entries()) {
    const known = status === 200 || (status === 503 && /timed out/.test(error)) || (status === 422 && /too many samples|the answer has/.test(error));
    assert.ok(known, `query ${i}: ${status} ${error}`);
  }
  const peak = { service: peakBytes(stack.service.pid) - before_.service, gateway: peakBytes(stack.gateway.pid) - before_.gateway };
  const mib = (bytes) => Math.round(bytes / MIB);
  t.diagnostic(`${answers.map(({ status }) => status)}: ${pace.perSecond.toFixed(2)} snapshots/s over ${pace.seconds.toFixed(0)} s, longest wait ${pace.longestMs.toFixed(0)} ms`);
  t.diagnostic(`memory at most: service +${mib(peak.service)} MiB, gateway +${mib(peak.gateway)} MiB`);
  assert.ok(pace.perSecond > 0.7, `${pace.perSecond} snapshots a second`);
  for (const name of ["service", "gateway"]) assert.ok(peak[name] < PEAK_GROWTH[name], `${name} grew by ${mib(peak[name])} MiB`);
  // It is given back.
  await eventually(() => residentBytes(stack.service.pid) - before_.service < 160 * MIB, { ms: 10_000, what: "return of the service's memory" });
});

test("a small query does not wait for large ones", async () => {
  let ended = 0;
  const large = Array.from({ length: 8 }, (_, i) => over(`quantile_over_time(0.9, past[5d]) + ${i}`, 60 * DAYS, { timeout: "8s" }).finally(() => ++ended));
  for (let i = 0; i < 5; ++i) assert.equal((await ask("query", { query: "1 + 1" })).status, 200);
  const file = path.join(stack.folder, "small.prom");
  appendFileSync(file, `small 1 ${END * 1000}\n`);
  assert.equal((await stack.cli("import", file)).output, "syspulse: 1 sample imported\n");
  assert.match((await stack.cli("export", "small")).output, /^small 1 /m);
  // Two are answered at a time: whoever waits for its turn sees six of them end.
  const before = ended;
  await Promise.all(large);
  assert.ok(before < 4, `${before} of ${large.length} ended before five small queries did`);
});

test("queries beyond what may wait are refused at once, and those whose callers left are ended", async () => {
  const leave = new AbortController();
  const query = { query: `avg_over_time(past[${DAYS}d])`, start: END - DAYS * DAY_SECONDS, end: END, step: 8 * DAYS };
  const asked = Array.from({ length: 100 }, () =>
    fetch(stack.url("/api/v1/query_range"), { method: "POST", body: new URLSearchParams(query), signal: leave.signal }).then(
      async (response) => ({ status: response.status, text: await response.text() }),
      () => undefined,
    ),
  );
  const refused = await Promise.any(asked.map(async (one) => (await one)?.status === 503 ? one : Promise.reject(new Error("not refused"))));
  assert.match(refused.text, /queries wait already; try again/);
  leave.abort();
  await Promise.all(asked);
  const [{ value }] = await eventually(() => stack.query("1 + count(awkward)", { time: END }), { ms: 20_000, what: "an answer to the next query" });
  assert.equal(value[1], "41");
});
