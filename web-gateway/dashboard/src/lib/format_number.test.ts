import assert from "node:assert/strict";
import { test } from "node:test";
import { exactNumber, formatNumber } from "./format_number.ts";

test("numbers of any size are short", () => {
  const texts = [0, 1, 0.25, 999.96, 1000, 15_340, 2.5e6, 3e9, 4.2e15, 1e18].map(formatNumber);
  assert.deepEqual(texts, ["0", "1", "0.25", "1000", "1k", "15.34k", "2.5M", "3G", "4.2P", "1e18"]);
});

test("small ones have an exponent, negative ones a sign", () => {
  assert.deepEqual([0.001, 0.0009996, 0.00012, -1500, -1e-9].map(formatNumber), [
    "0.001",
    "0.0009996",
    "1.2e−4",
    "−1.5k",
    "−1e−9",
  ]);
});

test("what is no number says so", () => {
  assert.deepEqual([Number.NaN, Infinity, -Infinity].map(formatNumber), ["–", "∞", "−∞"]);
  assert.deepEqual([Number.NaN, Infinity, -Infinity, 0.1].map(exactNumber), ["NaN", "+Inf", "-Inf", "0.1"]);
});
