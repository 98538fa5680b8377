// Our PromQL against Prometheus': the same series, the same queries, the same answers.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import test from "node:test";
import { Prometheus } from "./prometheus.mjs";
import { QueryMaker, makeSeries, readSeries } from "./promql_queries.mjs";
import { BUILD, PEERS } from "./stack.mjs";

const SEED = Number(process.env.SYSPULSE_TEST_SEED ?? 1);
const QUERIES = Number(process.env.SYSPULSE_TEST_QUERIES ?? 600);
const SERIES = process.env.SYSPULSE_TEST_SERIES; // a file of lines `name{label="value"} value seconds`, instead of made ones
const MADE = { start: 1_700_000_000, step: 15, count: 120 }; // seconds since 1970; half an hour

// Functions beyond arithmetic are correct to the last bit or so in both, but not to the same bit.
const RELATIVE = 1e-12;

class Ours {
  constructor(file) {
    this.process = spawn(path.join(BUILD, "tests/promql-eval"), [file], { stdio: ["pipe", "pipe", "inherit"] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  async ask(query) {
    const parts = query.step === undefined ? ["instant", query.time * 1000] : ["range", query.start * 1000, query.end * 1000, query.step * 1000];
    this.process.stdin.write(`${[...parts, query.text].join("\t")}\n`);
    const { value, done } = await this.lines.next();
    assert.ok(!done, `promql-eval ended at ${query.text}`);
    return JSON.parse(value);
  }

  stop() {
    this.process.kill();
  }
}

async function askTheirs(address, query) {
  const { text, ...when } = query;
  const body = new URLSearchParams({ query: text, ...when });
  const response = await fetch(`http://${address}/api/v1/${query.step === undefined ? "query" : "query_range"}`, { method: "POST", body });
  const { data, error } = await response.json();
  return error === undefined ? data : { error: error.replace(/^invalid parameter "query": /, "") };
}

const numberOf = (text) => (text.endsWith("Inf") ? Number(`${text}inity`) : Number(text));

/** Whether two numbers are as good as equal: below 1 the error counts as it is, for it comes from larger numbers. */
function alike(a, b) {
  const [x, y] = [numberOf(a), numberOf(b)];
  return Object.is(x, y) || x === y || Math.abs(x - y) <= RELATIVE * Math.max(1, Math.abs(x), Math.abs(y));
}

const keyOf = (metric) => JSON.stringify(Object.entries(metric).sort());

/** The answer as rows by labels, whatever its kind. */
function rowsOf({ resultType, result }) {
  if (resultType === "scalar" || resultType === "string") return new Map([["", [result]]]);
  return new Map(result.map((row) => [keyOf(row.metric), row.values ?? [row.value]]));
}

// Which group of series is at fault first, and which of them is named first, depends on how they are stored.
const withoutSeries = (error) => error.replace(/match group \{.*?\} on/, "match group {…} on").replace(/\[.*\]/, "[…]");

/** What is different between two answers, or nothing. */
function difference(ours, theirs) {
  if (ours.error !== undefined || theirs.error !== undefined) {
    return withoutSeries(ours.error ?? "none") === withoutSeries(theirs.error ?? "none") ? undefined : `error ${ours.error}, theirs ${theirs.error}`;
  }
  if (ours.resultType !== theirs.resultType) return `type ${ours.resultType}, theirs ${theirs.resultType}`;
  const [left, right] = [rowsOf(ours), rowsOf(theirs)];
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const [a, b] = [left.get(key), right.get(key)];
    if (a === undefined || b === undefined) return `${key} is only in ${a ? "ours" : "theirs"}: ${JSON.stringify(a ?? b).slice(0, 200)}`;
    if (a.length !== b.length) return `${key} has ${a.length} points, theirs ${b.length}`;
    for (let i = 0; i < a.length; ++i) {
      if (a[i][0] !== Math.round(b[i][0] * 1000)) return `${key} point ${i} is at ${a[i][0]}, theirs ${b[i][0]}`;
      if (!alike(a[i][1], b[i][1])) return `${key} at ${a[i][0]} is ${a[i][1]}, theirs ${b[i][1]}`;
    }
  }
  return undefined;
}

test("random queries get Prometheus' answers", { timeout: 280_000 }, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "syspulse-promql-"));
  const { lines, metrics, start, end } = SERIES ? readSeries(readFileSync(SERIES, "utf8")) : makeSeries(SEED, MADE);
  const file = path.join(folder, "series.txt");
  writeFileSync(file, `${lines.join("\n")}\n# EOF\n`);
  const made = spawnSync(path.join(PEERS, "promtool"), ["tsdb", "create-blocks-from", "openmetrics", file, path.join(folder, "tsdb")], { encoding: "utf8" });
  assert.equal(made.status, 0, made.stderr);
  const theirs = await Prometheus.start(folder, [], ["--storage.tsdb.retention.time=100y"]);
  const ours = new Ours(file);
  const failures = [];
  let answered = 0;
  try {
    const maker = new QueryMaker(SEED, metrics, { start, end });
    for (let i = 0; i < QUERIES; ++i) {
      const from = start + Math.floor(maker.next() * (end - start) * 1.1) - 60;
      const when = maker.chance(0.5) ? { time: from } : { start: from, end: from + 300 + Math.floor(maker.next() * 600), step: maker.pick([1, 7, 15, 30, 60]) };
      const query = { text: maker.expression(), ...when };
      const [a, b] = [await ours.ask(query), await askTheirs(theirs.address, query)];
      const what = difference(a, b);
      if (a.error === undefined && a.result.length > 0) answered += 1;
      if (what !== undefined) failures.push(`${query.text}\n    ${JSON.stringify(when)}: ${what}`);
    }
  } finally {
    ours.stop();
    await theirs.stop();
    rmSync(folder, { recursive: true });
  }
  assert.equal(failures.length, 0, `${failures.length} of ${QUERIES} differ:\n${failures.join("\n")}`);
  assert.ok(answered > QUERIES / 3, `only ${answered} of ${QUERIES} queries had something to answer`);
});
