import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatCpuTime,
  formatDateTime,
  formatDuration,
  formatTimeOfDay,
  formatTimeTick,
  formatWindow,
} from "./format_time.ts";

test("a length of time shows its two greatest units", () => {
  assert.equal(formatDuration(7.9), "7 s");
  assert.equal(formatDuration(187), "3 min 7 s");
  assert.equal(formatDuration(3 * 3600 + 12 * 60 + 5), "3 h 12 min");
  assert.equal(formatDuration(12 * 86_400 + 4 * 3600), "12 d 4 h");
});

test("a clock that went back never gives a negative length", () => {
  assert.equal(formatDuration(-3), "0 s");
  assert.equal(formatDuration(undefined), "–");
});

test("times are local and padded", () => {
  const seconds = new Date(2026, 0, 5, 9, 4, 7).getTime() / 1000;
  assert.equal(formatTimeOfDay(seconds), "09:04:07");
  assert.equal(formatTimeOfDay(seconds, false), "09:04");
  assert.equal(formatDateTime(seconds * 1000), "2026-01-05 09:04:07");
});

test("cpu time reads as in top", () => {
  assert.equal(formatCpuTime(62.5), "1:02.50");
  assert.equal(formatCpuTime(3 * 3600 + 4 * 60 + 5.9), "3:04:05");
});

test("an axis shows the date at midnight", () => {
  assert.equal(formatTimeTick(new Date(2026, 10, 21).getTime() / 1000, false), "Nov 21");
  assert.equal(formatTimeTick(new Date(2026, 10, 21, 0, 5).getTime() / 1000, false), "00:05");
  assert.equal(formatTimeTick(new Date(2026, 10, 21).getTime() / 1000, true), "00:00:00");
});

test("a window names its second day only where it is another", () => {
  const at = (day: number, hour: number): number => new Date(2026, 10, day, hour).getTime() / 1000;
  assert.equal(formatWindow(at(21, 9), at(21, 10)), "2026-11-21 09:00:00 – 10:00:00");
  assert.equal(formatWindow(at(20, 9), at(21, 10)), "2026-11-20 09:00:00 – 2026-11-21 10:00:00");
});
