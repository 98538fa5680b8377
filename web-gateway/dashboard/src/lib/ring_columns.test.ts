import assert from "node:assert/strict";
import { test } from "node:test";
import { RingColumns } from "./ring_columns.ts";

function ringOf(capacity: number, ...rows: readonly (readonly [number, Record<string, number>])[]): RingColumns {
  const ring = new RingColumns(capacity);
  for (const [time, values] of rows) ring.append(time, new Map(Object.entries(values)), 5);
  return ring;
}

test("an empty ring has no times and no values", () => {
  const ring = new RingColumns(4);
  assert.equal(ring.length, 0);
  assert.equal(ring.lastTime, undefined);
  assert.deepEqual([...ring.column("cpu")], []);
});

test("the oldest rows are forgotten beyond the capacity, over many moves to the front", () => {
  const ring = new RingColumns(3);
  for (let time = 1; time <= 100; time++) ring.append(time, new Map([["cpu", time * 10]]), 5);
  assert.deepEqual([...ring.times()], [98, 99, 100]);
  assert.deepEqual([...ring.column("cpu")], [980, 990, 1000]);
});

test("a series that appears late was not measured before", () => {
  const ring = ringOf(4, [1, { a: 1 }], [2, { a: 2, b: 7 }]);
  assert.deepEqual([...ring.column("b")], [Number.NaN, 7]);
});

test("a series that is missing in a row is a gap, not its last value", () => {
  const ring = ringOf(4, [1, { a: 1 }], [2, {}], [3, { a: 3 }]);
  assert.deepEqual([...ring.column("a")], [1, Number.NaN, 3]);
});

test("a long silence leaves a row of nothing", () => {
  const ring = ringOf(8, [1, { a: 1 }], [60, { a: 2 }]);
  assert.deepEqual([...ring.times()], [1, 3.5, 60]);
  assert.deepEqual([...ring.column("a")], [1, Number.NaN, 2]);
});

test("a time that is not newer is ignored", () => {
  const ring = ringOf(4, [5, { a: 1 }], [5, { a: 2 }], [4, { a: 3 }]);
  assert.deepEqual([...ring.column("a")], [1]);
});

test("series of which nothing is left are forgotten", () => {
  const ring = ringOf(2, [1, { gone: 1 }], [2, { a: 1 }], [3, { a: 1 }], [4, { a: 1 }], [5, { a: 1 }]);
  assert.deepEqual(ring.names, ["a"]);
});

test("rows are found by time", () => {
  const ring = ringOf(4, [10, { a: 1 }], [11, { a: 2 }], [12, { a: 3 }]);
  assert.equal(ring.indexFrom(0), 0);
  assert.equal(ring.indexFrom(10.5), 1);
  assert.equal(ring.indexFrom(12), 2);
  assert.equal(ring.indexFrom(13), 3);
  assert.deepEqual([...ring.column("a", 2)], [3]);
  assert.equal(ring.at("a", 1), 2);
  assert.deepEqual(ring.rowAt(1), new Map([["a", 2]]));
});
