import assert from "node:assert/strict";
import { test } from "node:test";
import { remembering } from "./short_memory.ts";

test("the same question is asked once, until its answer is old", async () => {
  let now = 0;
  const asked: string[] = [];
  const ask = remembering(
    async (...key) => {
      asked.push(key.join());
      return asked.length;
    },
    0,
    100,
    () => now,
  );
  assert.deepEqual(await Promise.all([ask("a", "b"), ask("a", "b"), ask("ab")]), [1, 1, 2]);
  now = 101;
  assert.equal(await ask("a", "b"), 3);
  assert.deepEqual(asked, ["a,b", "ab", "a,b"]);
});

test("what failed yields nothing, and is asked again", async () => {
  let fails = true;
  const ask = remembering(() => (fails ? Promise.reject(new Error("gone")) : Promise.resolve(["x"])), [], 100);
  assert.deepEqual(await ask(), []);
  fails = false;
  assert.deepEqual(await ask(), ["x"]);
});
