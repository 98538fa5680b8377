import assert from "node:assert/strict";
import { test } from "node:test";
import { RingColumns } from "../lib/ring_columns.ts";
import { type ChartPlan, planKey, singles, withoutHidden } from "./chart_plan.ts";
import { chartData, isolatedRows, rowAtCursor, stack } from "./series_data.ts";

const plan: ChartPlan = {
  id: "test",
  title: "Test",
  description: "",
  unit: "ratio",
  stacked: false,
  leastTop: 1,
  fixed: true,
  ...singles([
    { name: "a", label: "a", slot: 0 },
    { name: "b", label: "b", slot: 1 },
  ]),
};

function ringOf(...rows: readonly (readonly [number, Record<string, number>])[]): RingColumns {
  const ring = new RingColumns(100);
  for (const [time, values] of rows) ring.append(time, new Map(Object.entries(values)), 5);
  return ring;
}

test("what was not measured is null, never zero", () => {
  const ring = ringOf([1, { a: 1, b: 2 }], [2, { b: 3 }], [3, { a: 4, b: 5 }]);
  const [times, a, b] = chartData(ring, plan, { fromSeconds: 0, toSeconds: 3 });
  assert.deepEqual([...times], [1, 2, 3]);
  assert.deepEqual(a, [1, null, 4]);
  assert.deepEqual(b, [2, 3, 5]);
});

test("a silence breaks every line", () => {
  const ring = ringOf([1, { a: 1, b: 1 }], [100, { a: 2, b: 2 }]);
  const [, a, b] = chartData(ring, { ...plan, stacked: true }, { fromSeconds: 0, toSeconds: 100 });
  assert.deepEqual(a, [2, null, 4]);
  assert.deepEqual(b, [1, null, 2]);
});

test("stacked lines lie on each other, and one that is missing adds nothing", () => {
  const columns = [Float64Array.of(10, Number.NaN, Number.NaN), Float64Array.of(1, 2, Number.NaN)];
  assert.deepEqual(stack(columns), [
    [11, 2, null],
    [1, 2, null],
  ]);
  assert.deepEqual(stack([]), []);
});

test("a hidden series is not part of the stack, and the legend keeps it", () => {
  const ring = ringOf([1, { a: 1, b: 2 }]);
  const shown = withoutHidden({ ...plan, stacked: true }, ["a"]);
  assert.deepEqual(chartData(ring, shown, { fromSeconds: 0, toSeconds: 1 }).slice(1), [[2]]);
  assert.equal(shown.legend.length, 2);
  assert.notEqual(planKey(shown), planKey(plan));
});

test("only the window is drawn, and one row before it", () => {
  const ring = ringOf(...[1, 2, 3, 4, 5].map((time) => [time, { a: time }] as const));
  const [times] = chartData(ring, plan, { fromSeconds: 4, toSeconds: 5 });
  assert.deepEqual([...times], [3, 4, 5]);
});

test("the cursor finds its row, and no cursor means the newest", () => {
  const ring = ringOf([1, { a: 1 }], [2, { a: 2 }], [3, { a: 3 }]);
  assert.equal(rowAtCursor(ring, 2), 1);
  assert.equal(rowAtCursor(ring, undefined), 2);
  assert.equal(rowAtCursor(ring, 99), 2);
  assert.equal(rowAtCursor(new RingColumns(2), undefined), undefined);
});

test("a value between two gaps is drawn as a point, for a line has no stretch there", () => {
  assert.deepEqual(isolatedRows([1, null, 2, null, 3, 4, null, 5]), [0, 2, 7]);
  assert.deepEqual(isolatedRows([null, 0, null]), [1]);
  assert.deepEqual(isolatedRows([1, 2]), []);
  assert.deepEqual(isolatedRows([]), []);
});

test("without a cursor the legend shows the newest row of which something was measured", () => {
  const ring = ringOf([1, { a: 1 }], [2, { a: 2 }], [30, {}]);
  assert.equal(rowAtCursor(ring, undefined), 1);
});
