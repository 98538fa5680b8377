import assert from "node:assert/strict";
import { test } from "node:test";
import { clockOffset } from "./clock_offset.ts";

test("a clock that may be right stays as it is, however long the answer takes", () => {
  assert.equal(clockOffset(0, { askedSeconds: 100, saidSeconds: 100.4, answeredSeconds: 100.1 }), 0);
  assert.equal(clockOffset(0, { askedSeconds: 100, saidSeconds: 101, answeredSeconds: 140 }), 0);
  assert.equal(clockOffset(300, { askedSeconds: 100, saidSeconds: 401, answeredSeconds: 101 }), 300);
});

test("a clock that cannot be right is set, forward or back", () => {
  assert.equal(clockOffset(0, { askedSeconds: 100, saidSeconds: 401, answeredSeconds: 102 }), 300);
  assert.equal(clockOffset(0, { askedSeconds: 500, saidSeconds: 201, answeredSeconds: 502 }), -300);
  assert.equal(clockOffset(300, { askedSeconds: 500, saidSeconds: 501, answeredSeconds: 502 }), 0, "it was put right");
});
