import assert from "node:assert/strict";
import { test } from "node:test";
import { trimEdges } from "./trim_edges.ts";

const none = Number.NaN;
const trimmed = (values: readonly number[], count: number): number[] => [
  ...trimEdges(Float64Array.from(values), count),
];

test("both edges of a gap lose what was only partly measured", () => {
  assert.deepEqual(trimmed([1, 2, 3, none, 4, 5, 6], 1), [1, 2, none, none, none, 5, 6]);
  assert.deepEqual(trimmed([none, 1, 2, 3, 4, 5, none], 2), [none, none, none, 3, none, none, none]);
});

test("the ends of the range are no gap", () => {
  assert.deepEqual(trimmed([1, 2, 3], 1), [1, 2, 3]);
});

test("a stretch that would hardly be left stays whole", () => {
  assert.deepEqual(trimmed([none, 1, 2, none, 3, none], 1), [none, 1, 2, none, 3, none]);
});

test("nothing stays nothing, and what is given is not changed", () => {
  const values = Float64Array.of(none, 1, 2, 3, none);
  trimEdges(values, 1);
  assert.deepEqual([...values], [none, 1, 2, 3, none]);
  assert.deepEqual(trimmed([], 1), []);
  assert.deepEqual(trimmed([none, none], 1), [none, none]);
});
