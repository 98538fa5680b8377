import assert from "node:assert/strict";
import { test } from "node:test";
import { fleetFilter, sparkPath } from "./fleet_filter.ts";

test("a word means the hosts whose name contains it", () => {
  assert.equal(fleetFilter(""), "");
  assert.equal(fleetFilter("  "), "");
  assert.equal(fleetFilter(" Web-1 "), 'hostname=~"(?i).*Web-1.*"');
});

test("what is special in an expression stands for itself", () => {
  assert.equal(fleetFilter("a.b"), 'hostname=~"(?i).*a\\\\.b.*"');
  assert.equal(fleetFilter('"'), 'hostname=~"(?i).*\\".*"');
  assert.equal(fleetFilter("(["), 'hostname=~"(?i).*\\\\(\\\\[.*"');
});

test("a filter is left as it is", () => {
  for (const filter of ['env="prod"', "cpu.utilization>80%", "{load<1}", 'role=~"db|cache"']) {
    assert.equal(fleetFilter(` ${filter} `), filter);
  }
});

test("a line of few values ends at the right, and breaks where one is missing", () => {
  assert.equal(sparkPath([], 3), "");
  assert.equal(sparkPath([0, 1], 3), "M0.500 1.000L1.000 0.000");
  assert.equal(sparkPath([0.5, undefined, 2], 3), "M0.000 0.500M1.000 0.000");
});
