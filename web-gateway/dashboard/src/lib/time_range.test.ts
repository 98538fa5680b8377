import assert from "node:assert/strict";
import { test } from "node:test";
import {
  canonicalMoment,
  durationText,
  fixedRange,
  isLive,
  isMoving,
  lastOf,
  liveRange,
  momentSeconds,
  narrowed,
  parseDuration,
  rangeProblem,
  rangeUpTo,
  resolveRange,
  shifted,
  widened,
} from "./time_range.ts";

const now = Date.UTC(2026, 10, 21, 12, 0, 0) / 1000;
const hour = 3600;

test("a relative moment counts back from now", () => {
  assert.equal(momentSeconds("now", now), now);
  assert.equal(momentSeconds("now-6h", now), now - 6 * hour);
  assert.equal(momentSeconds(" now - 1d12h ", now), now - 36 * hour);
  assert.equal(momentSeconds("now-0.5h", now), now - hour / 2);
});

test("an absolute moment may be UTC, local, a day, or milliseconds as Grafana's links have them", () => {
  assert.equal(momentSeconds("2026-11-21T12:00:00Z", 0), now);
  assert.equal(momentSeconds("2026-11-21 9:05", 0), new Date(2026, 10, 21, 9, 5).getTime() / 1000);
  assert.equal(momentSeconds("2026-11-21 09:05:07", 0), new Date(2026, 10, 21, 9, 5, 7).getTime() / 1000);
  assert.equal(momentSeconds("2026-11-21", 0), new Date(2026, 10, 21).getTime() / 1000);
  assert.equal(momentSeconds(String(now * 1000), 0), now);
});

test("what is no moment is none, whatever Date would make of it", () => {
  for (const text of ["", "yesterday", "now+1h", "now-", "now-1", "now-1x", "7", "2026", "2026-13-40", "11/21/2026"]) {
    assert.equal(momentSeconds(text, now), undefined, text);
  }
});

test("a range that ends before it starts, or is too short or too long, is none", () => {
  assert.deepEqual(resolveRange(lastOf("1h"), now), { fromSeconds: now - hour, toSeconds: now });
  assert.equal(resolveRange({ from: "now", to: "now-1h" }, now), undefined);
  assert.equal(resolveRange({ from: "now-9s", to: "now" }, now), undefined);
  assert.equal(resolveRange({ from: "now-90y", to: "now" }, now), undefined);
  assert.equal(resolveRange(liveRange, now), undefined);
});

test("the words about a wrong range name what is wrong", () => {
  assert.match(rangeProblem({ from: "tomorow", to: "now" }, now), /“tomorow” is no time/);
  assert.match(rangeProblem({ from: "now", to: "now-1h" }, now), /end must be/);
  assert.equal(rangeProblem(lastOf("2h"), now), "");
});

test("only a range up to now moves, and only an empty one is live", () => {
  assert.ok(isMoving(lastOf("1h")));
  assert.ok(!isMoving(fixedRange({ fromSeconds: 0, toSeconds: hour })));
  assert.ok(isLive(liveRange));
  assert.ok(!isLive(lastOf("1h")));
});

test("moments in the URL are relative as written, or UTC", () => {
  assert.equal(canonicalMoment("now - 2h", now), "now-2h");
  assert.equal(canonicalMoment(String(now * 1000), now), "2026-11-21T12:00:00Z");
  assert.equal(canonicalMoment("nonsense", now), "");
});

test("a zoom stays where it is, and is at least ten seconds", () => {
  const range = fixedRange({ fromSeconds: now - 60.4, toSeconds: now });
  assert.deepEqual(range, { from: "2026-11-21T11:59:00Z", to: "2026-11-21T12:00:00Z" });
  const short = resolveRange(fixedRange({ fromSeconds: now - 1, toSeconds: now }), now);
  assert.equal(short && short.toSeconds - short.fromSeconds, 10);
});

test("moving goes by half the window, and at now the range moves on by itself", () => {
  const window = { fromSeconds: now - 3 * hour, toSeconds: now - hour };
  assert.deepEqual(shifted(window, -1), { fromSeconds: now - 4 * hour, toSeconds: now - 2 * hour });
  assert.deepEqual(rangeUpTo(shifted(window, 1), now), lastOf("2h"));
  assert.equal(rangeUpTo(shifted(window, -1), now).from, "2026-11-21T08:00:00Z");
});

test("zooming in shows the middle, and what happens now stays in sight", () => {
  const window = { fromSeconds: now - 3 * hour, toSeconds: now - hour };
  assert.deepEqual(narrowed(window, now), { fromSeconds: now - 2.5 * hour, toSeconds: now - 1.5 * hour });
  const moving = { fromSeconds: now - 2 * hour, toSeconds: now };
  assert.deepEqual(rangeUpTo(narrowed(moving, now), now), lastOf("1h"));
});

test("zooming out doubles the window without leaving the past", () => {
  const window = { fromSeconds: now - 3 * hour, toSeconds: now - 2 * hour };
  assert.deepEqual(widened(window, now), { fromSeconds: now - 3.5 * hour, toSeconds: now - 1.5 * hour });
  assert.deepEqual(widened({ fromSeconds: now - hour, toSeconds: now }, now), {
    fromSeconds: now - 2 * hour,
    toSeconds: now,
  });
});

test("durations are read and written in the greatest unit that fits", () => {
  assert.equal(parseDuration("1h30m"), 1.5 * hour);
  assert.equal(parseDuration("15"), undefined);
  assert.equal(parseDuration("1h 5m"), undefined);
  assert.deepEqual([90, 5400, 7200, 172_800].map(durationText), ["90s", "90m", "2h", "2d"]);
});
