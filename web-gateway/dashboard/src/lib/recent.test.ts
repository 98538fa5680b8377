import assert from "node:assert/strict";
import { test } from "node:test";
import { greatestRecent, parseRecent, withRecent } from "./recent.ts";

test("what was run last is on top, once", () => {
  assert.deepEqual(withRecent(["a", "b"], [" b ", "c", ""]), ["b", "c", "a"]);
});

test("the list ends", () => {
  const many = Array.from({ length: 99 }, (_, index) => `up + ${index}`);
  assert.equal(withRecent(many, ["new"]).length, greatestRecent);
  assert.deepEqual(withRecent([], ["x".repeat(5000)]), []);
});

test("what others stored under our name harms nobody", () => {
  assert.deepEqual(parseRecent('["up", 7, null, "up"]'), ["up"]);
  for (const stored of [null, "", "{", '"up"', "{}", "7"]) assert.deepEqual(parseRecent(stored), [], String(stored));
});
