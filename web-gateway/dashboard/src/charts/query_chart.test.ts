import assert from "node:assert/strict";
import { test } from "node:test";
import type { Labels, RangeAnswer } from "../lib/query_model.ts";
import { greatestLines, isQuerySeries, queryChart } from "./query_chart.ts";

function answer(...all: readonly Labels[]): RangeAnswer {
  return {
    startSeconds: 100,
    stepSeconds: 10,
    stepCount: 2,
    series: all.map((labels, index) => ({ labels, values: Float64Array.of(index, index) })),
    notes: [],
    cost: { seriesCount: 0, sampleCount: 0, evaluationMs: 0 },
  };
}

test("every series is a line with a legend item in the order of the answer", () => {
  const { plan, columns, seriesCount } = queryChart([answer({ a: "1" }, { a: "2" })]);
  assert.deepEqual(
    plan.legend.map(({ label }) => label),
    ['{a="1"}', '{a="2"}'],
  );
  assert.equal(seriesCount, 2);
  assert.deepEqual([...columns.times()], [100, 110]);
  assert.ok(plan.series.every(({ item }) => isQuerySeries(item)));
});

test("the same series of two expressions are two lines, and the letter tells them apart", () => {
  const { plan } = queryChart([answer({ a: "1" }), undefined, answer({ a: "1" })]);
  assert.deepEqual(
    plan.legend.map(({ label }) => label),
    ['A {a="1"}', 'C {a="1"}'],
  );
});

test("more lines than can be told apart are counted, not drawn; a second round of colours is dashed", () => {
  const all = Array.from({ length: greatestLines + 5 }, (_, index) => ({ n: String(index) }));
  const { plan, seriesCount } = queryChart([answer(...all)]);
  assert.equal(plan.series.length, greatestLines);
  assert.equal(seriesCount, greatestLines + 5);
  const ninth = plan.series.find(({ name }) => name.endsWith('n="8"}'));
  assert.deepEqual([ninth?.slot, ninth?.dashed], [0, true]);
});

test("without answers there is nothing to draw", () => {
  assert.equal(queryChart([undefined]).columns.length, 0);
  assert.equal(queryChart([]).plan.series.length, 0);
});

test("a host's own series are none of an expression", () => {
  assert.ok(!isQuerySeries("cpu.user"));
  assert.ok(!isQuerySeries("network/q0"));
});

test("a line keeps its colour while others come and go", () => {
  const slotsOf = ({ plan }: ReturnType<typeof queryChart>): readonly (readonly [string, unknown])[] =>
    plan.legend.map(({ label, slot }) => [label, slot]);
  const first = queryChart([answer({ a: "1" }, { a: "2" }, { a: "3" })]);
  const next = queryChart([answer({ a: "2" }, { a: "3" }, { a: "4" }, { a: "5" })], first.slots);
  assert.deepEqual(slotsOf(next), [
    ['{a="2"}', 1],
    ['{a="3"}', 2],
    ['{a="4"}', 0],
    ['{a="5"}', 3],
  ]);
});

test("an answer of another step is not drawn on the newest one's times; its lines stay in the legend", () => {
  const [newest, old] = [answer({ a: "1" }), { ...answer({ a: "1" }), startSeconds: 50, stepSeconds: 5 }];
  const before = queryChart([old, old]);
  const { plan, columns, slots } = queryChart([old, newest], before.slots, newest);
  assert.deepEqual([...columns.times()], [100, 110]);
  assert.deepEqual(columns.names, ['qB:{a="1"}']);
  assert.deepEqual(
    plan.legend.map(({ label }) => label),
    ['A {a="1"}', 'B {a="1"}'],
  );
  assert.deepEqual(slots, before.slots, "nor do colours change");
});

test("an answer of the same step is drawn at its own times", () => {
  const newest = answer({ a: "1" });
  const { columns } = queryChart([newest, { ...answer({ a: "1" }), startSeconds: 90 }]);
  assert.deepEqual([...columns.times()], [100, 110]);
  assert.deepEqual([...columns.column('qB:{a="1"}')], [0, Number.NaN]);
});
