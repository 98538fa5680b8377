// Hosts that are renamed, that swap their names, and a new one under the name of one that was deleted: every query has
// each series once, and no sample is lost or mixed up. Hosts whose clocks jump.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Feed } from "./feed.mjs";
import { Stack } from "./stack.mjs";

const SECOND = 1000;
let stack;
let feed;
let start;

before(async () => {
  stack = await Stack.start(["service", "gateway"]);
  feed = new Feed(stack.grpc);
  start = Date.now() - 60 * SECOND;
});
after(async () => {
  await feed?.stop();
  await stack?.stop();
});

/** Host `id`, called `name`, says `value` each second from `first` to before `end`, seconds since the start. */
async function say(id, name, value, first, end) {
  feed.speakAs(id, name);
  for (let second = first; second < end; ++second) await feed.push(start + second * SECOND, [["m", value]]);
  await feed.settled();
}

/** What instances have: their newest value, and how many samples of each value in all. */
async function instances() {
  const now = Object.fromEntries((await stack.query("m")).map(({ metric, value }) => [metric.instance, Number(value[1])]));
  const all = {};
  for (const { metric, values } of await stack.query("m[10m]")) {
    assert.equal(all[metric.instance], undefined, `${metric.instance} stands twice`);
    const counts = (all[metric.instance] = {});
    for (const [, value] of values) counts[value] = (counts[value] ?? 0) + 1;
  }
  // No two series are one to the operators either.
  assert.equal((await stack.query("m + on (instance) m")).length, Object.keys(now).length);
  assert.equal((await stack.query("rate(m[5m])")).length, Object.keys(all).length);
  return { now, all };
}

test("a host that is renamed takes its past along", async () => {
  await say("one", "a", 1, 0, 5);
  await say("two", "b", 2, 0, 5);
  await say("one", "c", 1, 5, 8);
  assert.deepEqual(await instances(), { now: { b: 2, c: 1 }, all: { b: { 2: 5 }, c: { 1: 8 } } });
});

test("two hosts that swap their names are told apart all the while", async () => {
  await say("one", "b", 1, 8, 12);
  assert.deepEqual(await instances(), { now: { "b/one": 1, "b/two": 2 }, all: { "b/one": { 1: 12 }, "b/two": { 2: 5 } } });
  await say("two", "c", 2, 8, 12);
  assert.deepEqual(await instances(), { now: { b: 1, c: 2 }, all: { b: { 1: 12 }, c: { 2: 9 } } });
});

test("a new host under the name of a deleted one goes on with its series", async () => {
  assert.equal(await feed.finish(), 0); // an agent that is connected would say who it is again
  const deleted = await fetch(stack.url("/api/v1/hosts/one"), { method: "DELETE" });
  assert.equal(deleted.status, 200);
  feed = new Feed(stack.grpc);
  await say("three", "b", 3, 12, 15);
  const expected = { now: { b: 3, c: 2 }, all: { b: { 1: 12, 3: 3 }, c: { 2: 9 } } };
  assert.deepEqual(await instances(), expected);
  await stack.service.stop("SIGKILL");
  await stack.start("service");
  assert.deepEqual(await instances(), expected);
});

test("clocks that jump cost no sample, and what is said twice counts once", async () => {
  const jump = async (value, seconds) => say("jumps", "jumps", value, seconds, seconds + 10);
  await jump(1, 20);
  await jump(2, 20 - 3600);
  await jump(3, 20); // the same seconds again
  await jump(4, 86_400);
  await jump(5, 30);
  const [{ values }] = await stack.query('m{instance="jumps"}[3d]', { time: start / SECOND + 90_000 });
  const counts = {};
  for (const [, value] of values) counts[value] = (counts[value] ?? 0) + 1;
  assert.deepEqual(counts, { 1: 10, 2: 10, 4: 10, 5: 10 });
  assert.ok(values.every(([time], i) => i === 0 || time > values[i - 1][0]));
  const [{ value }] = await stack.query('m{instance="jumps"}');
  assert.equal(value[1], "5");
});
