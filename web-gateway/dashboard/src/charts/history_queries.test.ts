import assert from "node:assert/strict";
import { test } from "node:test";
import type { RangeAnswer } from "../lib/query_model.ts";
import { columnsOf, type HistoryQuery, historyQueries } from "./history_queries.ts";

const scope = { instance: 'we"b\\1', stepSeconds: 60, intervalSeconds: 1 };

function queryOf(chart: string, stepSeconds = 60, perCore = false): HistoryQuery {
  const found = historyQueries({ ...scope, stepSeconds }, perCore).find((query) => query.chart === chart);
  assert.ok(found);
  return found;
}

function answer(...series: readonly (readonly [Record<string, string>, readonly number[]])[]): RangeAnswer {
  return {
    startSeconds: 0,
    stepSeconds: 60,
    stepCount: 2,
    series: series.map(([labels, values]) => ({ labels, values: Float64Array.from(values) })),
    notes: [],
    cost: { seriesCount: 0, sampleCount: 0, evaluationMs: 0 },
  };
}

test("there is one question for each chart", () => {
  const charts = historyQueries(scope, false).map(({ chart }) => chart);
  assert.deepEqual(charts, ["cpu", "memory", "network", "load", "pressure", "disk", "disk-use"]);
});

test("a host's name cannot leave its quotes", () => {
  for (const { expression } of historyQueries(scope, true)) {
    assert.ok(expression.includes('instance="we\\"b\\\\1"'), expression);
  }
});

test("a rate is taken over all of the step, and a gauge is its mean over the step", () => {
  assert.match(queryOf("cpu").expression, /\[61s\]/);
  assert.match(queryOf("load").expression, /avg_over_time\(node_load1\{[^}]*\}\[60s\]\)/);
});

test("no gauge is asked for in a way that repeats its last value over a gap", () => {
  for (const step of [1, 2, 60]) {
    for (const chart of ["memory", "load"]) {
      const bare = queryOf(chart, step).expression.replace(/node_\w+\{[^}]*\}\[\d+s\]/g, "");
      assert.ok(!bare.includes("node_"), bare);
    }
  }
  assert.match(queryOf("load", 1).expression, /last_over_time\(node_load1\{[^}]*\}\[3s\]\)/);
});

test("an answer's series get the names that the charts know, and what goes out is mirrored", () => {
  const columns = columnsOf(
    queryOf("network"),
    answer(
      [{ series: "in", device: "eth0" }, [5, 0]],
      [{ series: "out", device: "eth0" }, [7, 0]],
      [{ x: "y" }, [1, 1]],
    ),
  );
  assert.deepEqual([...columns.keys()], ["network.in/eth0", "network.out/eth0"]);
  assert.deepEqual([...(columns.get("network.out/eth0") ?? [])], [-7, 0]);
});

test("cores are asked for only where they are shown", () => {
  const columns = columnsOf(queryOf("cpu", 60, true), answer([{ cpu: "11" }, [0.5, 0.5]]));
  assert.deepEqual([...columns.keys()], ["core.11"]);
  assert.deepEqual([...columnsOf(queryOf("cpu"), answer([{ mode: "user" }, [1, 1]])).keys()], ["cpu.user"]);
});

test("a rate whose window reaches into a gap is left out; a gauge's mean is not", () => {
  const values = [Number.NaN, 1, 2, 3, 4, Number.NaN];
  const rates = columnsOf(queryOf("cpu"), answer([{ mode: "user" }, values])).get("cpu.user") ?? [];
  assert.deepEqual([...rates], [Number.NaN, Number.NaN, 2, 3, Number.NaN, Number.NaN]);
  const gauges = columnsOf(queryOf("load"), answer([{ series: "one" }, values])).get("load.1") ?? [];
  assert.deepEqual([...gauges], values);
  assert.equal(queryOf("cpu", 1).partialPoints, 3);
});
