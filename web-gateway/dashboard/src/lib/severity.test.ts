import assert from "node:assert/strict";
import { test } from "node:test";
import { severityOf, severityWord } from "./severity.ts";

test("yellow begins at 75 % and red at 90 %", () => {
  assert.equal(severityOf(0.7499), "ok");
  assert.equal(severityOf(0.75), "warning");
  assert.equal(severityOf(0.8999), "warning");
  assert.equal(severityOf(0.9), "critical");
  assert.equal(severityOf(1.4), "critical");
});

test("what was not measured is neither good nor bad", () => {
  assert.equal(severityOf(undefined), "unknown");
  assert.equal(severityWord("unknown"), "");
  assert.equal(severityWord("warning"), "high");
});
