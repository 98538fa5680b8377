// Our PromQL against Prometheus': the same series, the same queries, the same answers.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import test from "node:test";
import { askHttp, compare, prometheusWith, writeOpenMetrics } from "./answers.mjs";
import { QueryMaker, makeSeries, readSeries } from "./promql_queries.mjs";
import { BUILD } from "./stack.mjs";

const SEED = Number(process.env.SYSPULSE_TEST_SEED ?? 1);
const QUERIES = Number(process.env.SYSPULSE_TEST_QUERIES ?? 3000);
const SERIES = process.env.SYSPULSE_TEST_SERIES; // a file of lines `name{label="value"} value seconds`, instead of made ones
const MADE = { start: 1_700_000_000, step: 15, count: 120 }; // seconds since 1970; half an hour

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

test("random queries get Prometheus' answers", { timeout: 280_000 }, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "syspulse-promql-"));
  const { lines, metrics, start, end } = SERIES ? readSeries(readFileSync(SERIES, "utf8")) : makeSeries(SEED, MADE);
  const file = writeOpenMetrics(folder, lines);
  const theirs = await prometheusWith(file, folder);
  const ours = new Ours(file);
  let compared;
  try {
    const maker = new QueryMaker(SEED, metrics, { start, end });
    const queries = Array.from({ length: QUERIES }, () => {
      const from = start + Math.floor(maker.next() * (end - start) * 1.1) - 60;
      const when = maker.chance(0.5) ? { time: from } : { start: from, end: from + 300 + Math.floor(maker.next() * 600), step: maker.pick([1, 7, 15, 30, 60]) };
      return { text: maker.expression(), ...when };
    });
    compared = await compare((query) => ours.ask(query), (query) => askHttp(theirs.address, query), queries);
  } finally {
    ours.stop();
    await theirs.stop();
    rmSync(folder, { recursive: true });
  }
  const { answered, failures } = compared;
  assert.equal(failures.length, 0, `${failures.length} of ${QUERIES} differ:\n${failures.join("\n")}`);
  assert.ok(answered > QUERIES / 3, `only ${answered} of ${QUERIES} queries had something to answer`);
});
