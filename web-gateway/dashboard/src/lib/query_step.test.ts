import assert from "node:assert/strict";
import { test } from "node:test";
import { aligned, rateWindowSeconds, refreshMs, stepSeconds } from "./query_step.ts";

const window = (seconds: number): { fromSeconds: number; toSeconds: number } => ({
  fromSeconds: 1_000_000,
  toSeconds: 1_000_000 + seconds,
});

test("a chart has about a point for each pixel, on times that people know", () => {
  assert.equal(stepSeconds(window(3600), 450, 1), 10);
  assert.equal(stepSeconds(window(86_400), 450, 1), 300);
  assert.equal(stepSeconds(window(30 * 86_400), 450, 1), 2 * 3600);
});

test("no step is finer than the samples", () => {
  assert.equal(stepSeconds(window(60), 450, 1), 1);
  assert.equal(stepSeconds(window(60), 450, 15), 15);
});

test("decades stay below the service's limit of steps", () => {
  const seconds = 20 * 365 * 86_400;
  assert.ok(seconds / stepSeconds(window(seconds), 4000, 1) < 11_000);
});

test("a rate's window holds the whole step, and four samples", () => {
  assert.equal(rateWindowSeconds(60, 1), 61);
  assert.equal(rateWindowSeconds(1, 1), 4);
  assert.equal(rateWindowSeconds(15, 15), 60);
  assert.equal(rateWindowSeconds(0.5, 0.1), 1);
});

test("a range that moves on keeps its points", () => {
  assert.deepEqual(aligned({ fromSeconds: 1001, toSeconds: 1101 }, 10), { fromSeconds: 1010, toSeconds: 1100 });
  assert.deepEqual(aligned({ fromSeconds: 1004, toSeconds: 1104 }, 10), { fromSeconds: 1010, toSeconds: 1100 });
});

test("a refresh comes when there is another point, but neither all the time nor never", () => {
  assert.equal(refreshMs(1), 5000);
  assert.equal(refreshMs(60), 60_000);
  assert.equal(refreshMs(86_400), 300_000);
});
