// Out of one service and into another: what was exported and imported again is asked, and gives the same answers; and so
// does a Prometheus that reads the export.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { askHttp, difference, prometheusWith } from "./answers.mjs";
import { Feed } from "./feed.mjs";
import { BUILD, Program, Stack, eventually, sleep } from "./stack.mjs";

const FORMATS = ["openmetrics", "prometheus", "json"];
const START = Math.floor(Date.now() / 1000) - 3600; // seconds since 1970, of what is fed
const FED_SECONDS = 300;
const STRANGE = 'a\\"b\\\\c\\n{},= ü\u2028😀'; // as a label stands in an expression: quotes, backslash, new line, letters of others

let folder;
let source;
let end; // of everything, seconds since 1970

/** A service of its own with a gateway. */
async function startFresh(serviceFlags = []) {
  const stack = new Stack();
  stack.serviceFlags = serviceFlags;
  await stack.start("service");
  await stack.start("gateway");
  return stack;
}

/** What a host reports whose numbers are hard to write: its samples at a second. */
function strange(second) {
  return [
    ["counted_total", 2 ** 53 + second * 2],
    ["small", 1e-300 / (second + 1)],
    ["third", second / 3],
    ["zero", second % 2 === 0 ? -0 : 0],
    ["endless", second % 3 === 0 ? Infinity : -Infinity],
    [`labelled{text="${STRANGE}"}`, second],
    ['labelled{other="x"}', -second],
    ...(second % 10 < 5 ? [["gaps", second]] : []),
  ];
}

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "syspulse-transfer-"));
  source = await startFresh();
  source.agentFlags = ["--host-id=live", "--slow-interval=1s"];
  await source.start("agent");
  const feed = new Feed(source.grpc);
  feed.speakAs("fed", "fed.example");
  for (let second = 0; second < FED_SECONDS; ++second) {
    await feed.push(START * 1000 + second * 1000 + (second % 7), strange(second));
    if (second === FED_SECONDS / 2) {
      await feed.settled();
      await source.service.stop(); // what comes before stands in a block
      await source.start("service");
    }
  }
  await feed.settled();
  await feed.stop();
  await eventually(async () => (await source.query('node_load1{instance!="fed.example"}')).length > 0, { what: "the agent's first samples" });
  await sleep(4000);
  await source.agent.stop();
  end = Math.ceil(Date.now() / 1000);
});
after(async () => {
  await source?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** All samples of a selector, by series, as text. */
async function samples(address, selector) {
  const { result, error } = await askHttp(address, { text: `${selector}[2h]`, time: end });
  assert.equal(error, undefined);
  return new Map(result.map(({ metric, values }) => [JSON.stringify(Object.entries(metric).sort()), JSON.stringify(values)]));
}

async function wantSameSamples(address, selector = '{job="syspulse"}') {
  const [ours, theirs] = await Promise.all([samples(source.http, selector), samples(address, selector)]);
  assert.ok(ours.size > 300, `${ours.size} series`);
  for (const [series, values] of ours) assert.equal(theirs.get(series), values, series);
  assert.equal(theirs.size, ours.size);
}

/** Questions about series that go on to the end, as an export does not say that others ended. */
const QUESTIONS = [
  "counted_total",
  "rate(counted_total[1m])",
  "third + small",
  "sum by (text) (labelled)",
  "count_over_time(gaps[5m])",
  "max_over_time(endless[20s])",
  "1 / zero",
].flatMap((text) => [
  { text, time: START + 250 },
  { text, start: START + 5, end: START + FED_SECONDS - 1, step: 7 },
]);
const LIVE_QUESTIONS = ["node_load1", "sum by (mode) (irate(node_cpu_seconds_total[10s]))", "count(node_cpu_seconds_total)"];

async function wantSameAnswers(address) {
  for (const query of [...QUESTIONS, ...LIVE_QUESTIONS.map((text) => ({ text, start: end - 8, end, step: 1 }))]) {
    const [ours, theirs] = await Promise.all([askHttp(source.http, query), askHttp(address, query)]);
    assert.ok(ours.result?.length > 0, `${query.text} finds nothing`);
    assert.equal(difference(theirs, ours), undefined, query.text);
  }
}

async function exported(format, ...more) {
  const file = path.join(folder, `all.${format}`);
  const { code, output } = await source.cli("export", "-o", format, "-f", file, ...more);
  assert.equal(code, 0, output);
  return file;
}

for (const format of FORMATS) {
  test(`what is exported as ${format} and imported gives the same answers`, async () => {
    const file = await exported(format);
    const target = await startFresh();
    try {
      const first = await target.cli("import", file);
      assert.equal(first.code, 0, first.output);
      assert.match(first.output, /^syspulse: [\d,]+ samples imported\n$/);
      await wantSameSamples(target.http);
      await wantSameAnswers(target.http);
      const once = (await target.serviceMetrics()).syspulse_store_samples_appended_total;
      const again = await target.cli("import", file);
      assert.equal(again.output, first.output.replace(/([\d,]+) samples imported/, "0 samples imported; $1 were there already, and stay as they were"));
      assert.equal((await target.serviceMetrics()).syspulse_store_samples_appended_total, once, "what came twice counts once");
      await target.service.stop("SIGKILL");
      await target.start("service");
      await wantSameSamples(target.http);
    } finally {
      await target.stop();
    }
  });
}

test("CSV has every sample", async () => {
  const lines = readFileSync(await exported("csv", '{instance="fed.example"}'), "utf8").trimEnd().split("\n");
  const series = await samples(source.http, '{instance="fed.example"}');
  const count = [...series.values()].reduce((sum, values) => sum + JSON.parse(values).length, 0);
  assert.equal(lines.length, count + 1);
});

test("a Prometheus on blocks of the export gives the same answers", async () => {
  const own = path.join(folder, "prometheus");
  const prometheus = await prometheusWith(await exported("openmetrics"), own);
  try {
    await wantSameSamples(prometheus.address);
    await wantSameAnswers(prometheus.address);
  } finally {
    await prometheus.stop();
  }
});

test("an import that was killed is run again, and nothing is doubled", async () => {
  const target = await startFresh();
  try {
    const file = path.join(folder, "many.prom");
    const lines = [];
    for (let i = 0; i < 300_000; ++i) lines.push(`killed{part="${i % 100}"} ${i} ${(START + Math.floor(i / 100)) * 1000}`);
    writeFileSync(file, `${lines.join("\n")}\n`);
    const half = spawn(path.join(BUILD, "bin/syspulse"), [`--server=${target.grpc}`, "import", "-"], { stdio: ["pipe", "ignore", "inherit"] });
    half.stdin.on("error", () => {}); // it is killed while it is written to
    half.stdin.write(lines.slice(0, 280_000).join("\n"));
    await eventually(async () => (await target.query("killed", { time: START + 10 })).length > 0, { what: "a first batch" });
    half.kill("SIGKILL");
    const { code, output } = await target.cli("import", file);
    assert.equal(code, 0, output);
    const [, taken, known] = output.match(/^syspulse: ([\d,]+) samples imported; ([\d,]+) were there already, and stay as they were\n$/);
    assert.equal(Number(taken.replaceAll(",", "")) + Number(known.replaceAll(",", "")), 300_000);
    const [counted] = await target.query("sum(count_over_time(killed[1h]))", { time: START + 3000 });
    assert.equal(counted.value[1], "300000");
  } finally {
    await target.stop();
  }
});

/** Bytes of all files of a service's history. */
function storedBytes(stack) {
  const all = (place) => readdirSync(place, { withFileTypes: true }).reduce((sum, entry) => sum + (entry.isDirectory() ? all(path.join(place, entry.name)) : statSync(path.join(place, entry.name)).size), 0);
  return all(stack.data);
}

test("months of the past come in well packed, beside a host that goes on", async (context) => {
  const SERIES = 100;
  const STEPS = 20_000; // a minute each
  const begin = START - 150 * 86_400;
  const target = await startFresh(["--retention-time=8760h"]);
  try {
    target.agentFlags = ["--host-id=live"];
    await target.start("agent");
    await target.ready();
    const file = path.join(folder, "past.prom");
    writeFileSync(file, "");
    for (let series = 0; series < SERIES; ++series) {
      const lines = [];
      for (let i = 0; i < STEPS; ++i) lines.push(`requests_total{job="shop",instance="a:80",path="/${series}"} ${series * 1000 + i * (1 + (series % 5)) + ((i * 7919 * (series + 1)) % 13)} ${(begin + i * 60) * 1000}`);
      writeFileSync(file, `${lines.join("\n")}\n`, { flag: "a" });
    }
    const started = Math.ceil(Date.now() / 1000);
    const { code, output } = await target.cli("import", file);
    const ended = Math.floor(Date.now() / 1000);
    assert.equal(code, 0, output);
    assert.equal(output, "syspulse: 2,000,000 samples imported\n");
    const [counted] = await target.query("sum(count_over_time(requests_total[15d]))", { time: begin + STEPS * 60 });
    assert.equal(counted.value[1], String(SERIES * STEPS));
    await sleep(2000);
    // A second of the host each second, meanwhile too.
    const [live] = await target.query(`count_over_time(node_load1[${ended - started + 1}s])`, { time: ended });
    assert.ok(Number(live.value[1]) >= ended - started, `${live.value[1]} samples of the host in ${ended - started} s`);
    await target.service.stop();
    const bytes = storedBytes(target) / (SERIES * STEPS);
    context.diagnostic(`${bytes.toFixed(3)} bytes a sample`);
    assert.ok(bytes < 0.3, `${bytes} bytes a sample`);
    await target.start("service");
    const [again] = await target.query("sum(count_over_time(requests_total[15d]))", { time: begin + STEPS * 60 });
    assert.equal(again.value[1], String(SERIES * STEPS));
  } finally {
    await target.stop();
  }
});

test("what is older than the service keeps anything, or not yet, is left out in words", async () => {
  const file = path.join(folder, "bounds.prom");
  const times = [START - 40 * 86_400, START, START + 2 * 3600];
  writeFileSync(file, times.map((time) => `bounded{job="x"} 1 ${time * 1000}\n`).join(""));
  const { code, output } = await source.cli("import", file);
  assert.equal(code, 0, output);
  assert.match(output, /1 samples? imported; 1 (is|are) older than the service keeps any, and (was|were) left out; 1 (is|are) from the future/);
});
