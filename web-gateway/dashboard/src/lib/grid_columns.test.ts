import assert from "node:assert/strict";
import { test } from "node:test";
import { GridColumns, noColumns } from "./grid_columns.ts";

const none = Number.NaN;
const grid = new GridColumns(
  { startSeconds: 100, stepSeconds: 10, count: 3 },
  new Map([
    ["a", Float64Array.of(1, none, 3)],
    ["b", Float64Array.of(none, none, none)],
  ]),
);

test("rows stand at the times of the grid", () => {
  assert.deepEqual([...grid.times()], [100, 110, 120]);
  assert.deepEqual([...grid.times(2)], [120]);
  assert.equal(grid.lastTime, 120);
});

test("a series of which nothing was measured is none", () => {
  assert.deepEqual(grid.names, ["a"]);
  assert.deepEqual([...grid.column("b", 1)], [none, none]);
  assert.ok(Number.isNaN(grid.at("b", 0)));
});

test("values are found by row, and rows by time", () => {
  assert.equal(grid.at("a", 2), 3);
  assert.deepEqual([...grid.column("a", 1)], [none, 3]);
  assert.deepEqual(
    [99, 100, 100.1, 120, 121].map((time) => grid.indexFrom(time)),
    [0, 0, 1, 2, 3],
  );
});

test("a time that is off by the last bits of a division finds its own row", () => {
  const fine = new GridColumns(
    { startSeconds: 0.1, stepSeconds: 0.1, count: 4 },
    new Map([["a", new Float64Array(4)]]),
  );
  assert.equal(fine.indexFrom(0.1 + 2 * 0.1), 2);
});

test("nothing measured has no rows at all", () => {
  assert.equal(noColumns.length, 0);
  assert.equal(noColumns.lastTime, undefined);
  assert.equal(noColumns.indexFrom(5), 0);
  assert.equal(noColumns.times().length, 0);
});
