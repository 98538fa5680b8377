import assert from "node:assert/strict";
import { test } from "node:test";
import { endOf, type Moments, momentsUpTo, movedTo, tableAt, valuesAt } from "./live_grid.ts";
import type { GridValues, InstantAnswer, RangeAnswer } from "./query_model.ts";

const cost = { seriesCount: 0, sampleCount: 0, evaluationMs: 0 };

function grid(startSeconds: number, columns: Readonly<Record<string, readonly number[]>>): RangeAnswer {
  const series = Object.entries(columns).map(([name, values]) => ({
    labels: { name },
    values: Float64Array.from(values),
  }));
  return { startSeconds, stepSeconds: 10, stepCount: series[0]?.values.length ?? 0, series, notes: [], cost };
}

function columnsOf(values: GridValues): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(values.series.map(({ labels, values: column }) => [labels["name"], [...column]]));
}

test("a grid moves on: old moments fall off, new ones are added, and what is not known is no number", () => {
  const before = grid(100, { a: [1, 2, 3] });
  const moments = momentsUpTo(140, 10, 20);
  assert.deepEqual(moments, { startSeconds: 120, stepSeconds: 10, stepCount: 3 });
  assert.deepEqual(columnsOf(movedTo(moments, before, [grid(140, { a: [5] })])), { a: [3, Number.NaN, 5] });
});

test("newer values take the place of older ones, and end the grid where they end", () => {
  const moved = movedTo(momentsUpTo(110, 10, 10), grid(100, { a: [1, 2, 3] }), [grid(100, { a: [7, 8] })]);
  assert.deepEqual([columnsOf(moved), endOf(moved)], [{ a: [7, 8] }, 110]);
});

test("series that come are last, those that are gone are left out", () => {
  const before = grid(100, { gone: [1, Number.NaN, Number.NaN], stays: [1, 2, 3] });
  const moved = movedTo(momentsUpTo(130, 10, 20), before, [grid(130, { comes: [4] })]);
  assert.deepEqual(columnsOf(moved), { stays: [2, 3, Number.NaN], comes: [Number.NaN, Number.NaN, 4] });
});

test("times that do not fall together leave nothing", () => {
  assert.deepEqual(columnsOf(movedTo(momentsUpTo(1000, 10, 20), grid(100, { a: [1, 2, 3] }), [])), {});
});

test("values are put on another grid by their times, and not at all if its step is another", () => {
  const before = { startSeconds: 100, stepSeconds: 10, stepCount: 3 };
  const at = (moments: Moments): readonly number[] => [...valuesAt(moments, before, Float64Array.of(1, 2, 3))];
  assert.deepEqual(at({ startSeconds: 110, stepSeconds: 10, stepCount: 3 }), [2, 3, Number.NaN]);
  assert.deepEqual(at({ startSeconds: 90, stepSeconds: 10 + 1e-9, stepCount: 2 }), [Number.NaN, 1]);
  assert.deepEqual(at({ startSeconds: 100, stepSeconds: 5, stepCount: 2 }), [Number.NaN, Number.NaN]);
});

function table(...rows: readonly (readonly [string, number])[]): InstantAnswer {
  const vector = rows.map(([name, value]) => ({ labels: { name }, value }));
  return { timeSeconds: 100, value: { kind: "vector", rows: vector }, notes: [], cost };
}

function namesOf({ value }: InstantAnswer): readonly (string | undefined)[] {
  return value.kind === "vector" ? value.rows.map(({ labels }) => labels["name"]) : [];
}

test("rows of a table stay in their places", () => {
  const next = tableAt("up", table(["b", 1], ["gone", 1], ["a", 1]), grid(110, { a: [2], b: [3], new: [4] }));
  assert.deepEqual([namesOf(next), next.timeSeconds], [["b", "a", "new"], 110]);
});

test("rows that came by size stay by size", () => {
  const next = (expression: string): readonly (string | undefined)[] =>
    namesOf(tableAt(expression, table(["a", 2], ["b", 1]), grid(110, { a: [1], b: [Number.NaN], c: [3] })));
  assert.deepEqual(next("topk(3, up)"), ["c", "a", "b"]);
  assert.deepEqual(next("sort(up)"), ["a", "c", "b"]);
  assert.deepEqual(next("topk by (job) (3, up)"), ["a", "b", "c"]);
});

test("a number stays a number", () => {
  const scalar: InstantAnswer = { ...table(), value: { kind: "scalar", value: 1 } };
  assert.deepEqual(tableAt("time()", scalar, grid(110, { x: [2] })).value, { kind: "scalar", value: 2 });
});
