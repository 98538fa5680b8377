import assert from "node:assert/strict";
import { test } from "node:test";
import { formatCount, formatDecimal, formatPercent } from "./format_ratio.ts";

test("percent has one digit after the point below a hundred", () => {
  assert.equal(formatPercent(0), "0.0 %");
  assert.equal(formatPercent(0.0734), "7.3 %");
  assert.equal(formatPercent(0.9999), "100 %");
  assert.equal(formatPercent(1.873), "187 %");
});

test("what was not measured is a dash", () => {
  assert.equal(formatPercent(undefined), "–");
  assert.equal(formatPercent(Number.NaN), "–");
  assert.equal(formatDecimal(undefined), "–");
});

test("counts group thousands", () => {
  assert.equal(formatCount(12), "12");
  assert.equal(formatCount(1234567), "1\u202f234\u202f567");
});
