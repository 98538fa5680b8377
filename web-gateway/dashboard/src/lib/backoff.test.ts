import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffMs } from "./backoff.ts";

test("the wait doubles up to three seconds", () => {
  const longest = [0, 1, 2, 3, 4, 5, 100].map((attempt) => Math.round(backoffMs(attempt, 1)));
  assert.deepEqual(longest, [200, 400, 800, 1600, 3000, 3000, 3000]);
});

test("at least half of the wait stays, whatever the dice say", () => {
  assert.equal(backoffMs(0, 0), 100);
  assert.equal(backoffMs(9, 0), 1500);
});
