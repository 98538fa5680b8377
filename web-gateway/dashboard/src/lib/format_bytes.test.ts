import assert from "node:assert/strict";
import { test } from "node:test";
import { formatBytes, formatBytesPerSecond } from "./format_bytes.ts";

test("bytes have three significant digits and an IEC unit", () => {
  assert.equal(formatBytes(0), "0 B");
  assert.equal(formatBytes(512), "512 B");
  assert.equal(formatBytes(1536), "1.50 KiB");
  assert.equal(formatBytes(5.123 * 1024 ** 3), "5.12 GiB");
  assert.equal(formatBytes(51.25 * 1024 ** 2), "51.3 MiB");
  assert.equal(formatBytes(998 * 1024), "998 KiB");
});

test("a value that would round up to four digits takes the next unit", () => {
  assert.equal(formatBytes(999.6), "0.98 KiB");
  assert.equal(formatBytes(1023 * 1024), "1.00 MiB");
});

test("negative bytes keep their sign, and huge ones stay in the last unit", () => {
  assert.equal(formatBytes(-2048), "−2.00 KiB");
  assert.equal(formatBytes(2 ** 70 * 4), "4096 EiB");
});

test("what was not measured is a dash, not zero", () => {
  assert.equal(formatBytes(undefined), "–");
  assert.equal(formatBytes(Number.NaN), "–");
  assert.equal(formatBytesPerSecond(undefined), "–");
  assert.equal(formatBytesPerSecond(0), "0 B/s");
});
