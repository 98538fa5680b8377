import assert from "node:assert/strict";
import { test } from "node:test";
import { fittedRange, formatTick, formatValue, scaleRange, tickDistances } from "./units.ts";

test("values carry their unit", () => {
  assert.equal(formatValue("ratio", 0.25), "25.0 %");
  assert.equal(formatValue("decimal", 1.5), "1.50");
  assert.equal(formatValue("bytes", 2048), "2.00 KiB");
  assert.equal(formatValue("bytesPerSecond", -2048), "2.00 KiB/s");
  assert.equal(formatValue("bytes", Number.NaN), "–");
});

test("ticks are short", () => {
  assert.equal(formatTick("ratio", 0.2), "20 %");
  assert.equal(formatTick("ratio", 0.025), "2.5 %");
  assert.equal(formatTick("bytes", 4 * 1024 ** 3), "4 GiB");
  assert.equal(formatTick("bytes", 1.5 * 1024 ** 3), "1.5 GiB");
  assert.equal(formatTick("bytesPerSecond", -512 * 1024), "512 KiB/s");
  assert.equal(formatTick("bytesPerSecond", 100), "100 B/s");
  assert.equal(formatTick("decimal", 0.5), "0.5");
});

test("ticks of bytes are powers of two", () => {
  assert.ok(tickDistances("bytes")?.includes(1024 ** 3));
  assert.equal(tickDistances("ratio"), undefined);
});

test("a scale begins at zero unless values are mirrored", () => {
  assert.deepEqual(scaleRange(0.2, 0.4, 1, true), [0, 1]);
  assert.deepEqual(scaleRange(5, 100, 1, false), [0, 106]);
  assert.deepEqual(scaleRange(-100, 0, 50, false), [-106, 50]);
  assert.deepEqual(scaleRange(null, null, 50, false), [0, 50]);
});

test("a scale for unknown values holds zero if that is near, and all values with some air", () => {
  assert.deepEqual(fittedRange(1, 10)[0], 0);
  const [bottom, top] = fittedRange(90, 100);
  assert.ok(bottom > 80 && bottom < 90 && top > 100);
  assert.deepEqual(fittedRange(-10, -1)[1], 0);
  assert.deepEqual(fittedRange(null, null), [0, 1]);
  assert.deepEqual(
    [fittedRange(0, 0), fittedRange(5, 5), fittedRange(-5, -5)],
    [
      [0, 1],
      [0, 10],
      [-10, 0],
    ],
  );
});
