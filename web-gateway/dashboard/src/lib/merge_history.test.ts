import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeHistory, type TimedRow } from "./merge_history.ts";
import { RingColumns } from "./ring_columns.ts";

function rows(values: Record<number, number>): TimedRow[] {
  return Object.entries(values).map(([time, value]) => ({ timeSeconds: Number(time), row: new Map([["a", value]]) }));
}

function ringOf(values: Record<number, number>): RingColumns {
  const ring = new RingColumns(100);
  for (const { timeSeconds, row } of rows(values)) ring.append(timeSeconds, row, 5);
  return ring;
}

function merged(own: Record<number, number>, past: Record<number, number>, step = 1): [number, number][] {
  const ring = mergeHistory(ringOf(own), rows(past), 100, step, 5);
  const column = ring.column("a");
  return [...ring.times()].map((time, index) => [time, column[index] ?? Number.NaN]);
}

test("an empty ring takes the whole past", () => {
  assert.deepEqual(merged({}, { 1: 10, 2: 20 }), [
    [1, 10],
    [2, 20],
  ]);
});

test("the past fills the gap that a lost connection left", () => {
  const result = merged({ 1: 1, 2: 2, 12: 12 }, { 3: 3, 5: 5, 7: 7, 9: 9, 11: 11 }, 2);
  assert.deepEqual(
    result.map(([time]) => time),
    [1, 2, 5, 7, 9, 12],
  );
  assert.ok(result.every(([, value]) => !Number.isNaN(value)));
});

test("own rows win over the past at the same time", () => {
  assert.deepEqual(merged({ 1: 1, 2: 2 }, { 1: 99, 2: 99 }), [
    [1, 1],
    [2, 2],
  ]);
});

test("a gap that the past does not fill stays a gap", () => {
  assert.deepEqual(merged({ 1: 1, 20: 2 }, {}), [
    [1, 1],
    [3.5, Number.NaN],
    [20, 2],
  ]);
});
