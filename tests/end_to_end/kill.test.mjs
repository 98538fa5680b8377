// The service is killed at random moments while agents send: what it acknowledged is there afterwards, once, and what it did
// not acknowledge comes again.
//
//   SYSPULSE_KILLS=500 node --test tests/end_to_end/kill.test.mjs
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { Feed } from "./feed.mjs";
import { random } from "./promql_queries.mjs";
import { Stack, eventually, sleep } from "./stack.mjs";

const KILLS = Number(process.env.SYSPULSE_KILLS ?? 25);
const SEED = Number(process.env.SYSPULSE_TEST_SEED ?? 1);
const HOSTS = ["a", "b", "c"];
const WIDTH = 400; // series of a frame: some thousands of frames make a block
const MOST_UNACKNOWLEDGED = 500; // frames
const LONGEST_MS = 250; // between a start and a kill
const LOOK_BACK = 3000; // frames that are compared after each kill; at the end it is all of them
const SLOWEST_START_MS = 1000;
const START_MS = Math.floor(Date.now() / 1000 - 86_400) * 1000;

let stack;
let feed;
let next = 0; // frame of each host
let filling = true;
let filled;

before(async () => {
  stack = await Stack.start(["service", "gateway"]);
  feed = new Feed(stack.grpc);
  filled = fill();
});
after(async () => {
  filling = false;
  await filled;
  await feed?.stop();
  await stack?.stop();
});

/** Columns that do not change cost nothing to make; two of them tell every frame from the others. */
const REST = Array.from({ length: WIDTH - 2 }, (_, i) => `filler{n="${i}"} ${i}\n`).join("");
const valueOf = (host, n) => n * 10 + host;

async function fill() {
  while (filling) {
    if (feed.unacknowledged >= MOST_UNACKNOWLEDGED) {
      await sleep(1);
      continue;
    }
    let room;
    for (const [host, id] of HOSTS.entries()) {
      feed.fed.set(id, next + 1);
      room = feed.write(`#HOST ${id} ${id}\n#TS ${START_MS + next * 1000}\nnumber ${valueOf(host, next)}\nhalf ${valueOf(host, next) / 2}\n${REST}#END\n`);
    }
    next += 1;
    await room;
  }
}

/** What is wrong with the frames from `first` on of a host, of which so many were acknowledged. */
async function check(host, first) {
  const id = HOSTS[host];
  const acknowledged = feed.acknowledged.get(id) ?? 0;
  const end = next + 1; // both ends belong to the range
  const [series] = await stack.query(`number{instance="${id}"}[${end - first}s]`, { time: START_MS / 1000 + end });
  const values = series?.values ?? [];
  for (const [i, [time, value]] of values.entries()) {
    const n = Math.round(time - START_MS / 1000);
    assert.equal(n, first + i, `${id}: frame ${first + i} is missing or stands twice; ${acknowledged} are acknowledged`);
    assert.equal(Number(value), valueOf(host, n));
  }
  assert.ok(first + values.length >= acknowledged, `${id}: ${acknowledged} frames are acknowledged, and there are ${first + values.length}`);
}

test(`after each of ${KILLS} kills all is there that was acknowledged`, { timeout: 60_000 + KILLS * 5000 }, async (context) => {
  const chance = random(SEED);
  await eventually(() => feed.acknowledged.size === HOSTS.length, { what: "acknowledgements" });
  let slowest = 0;
  for (let kill = 0; kill < KILLS; ++kill) {
    await sleep(chance() * LONGEST_MS);
    stack.service.process.kill("SIGKILL");
    await stack.service.exited;
    await stack.start("service");
    slowest = Math.max(slowest, Number(/ready in ([\d.]+)ms/.exec(stack.service.log)?.[1] ?? 0));
    if (chance() < 0.3) continue; // killed again while it starts and agents come back
    await eventually(() => stack.query("vector(1)"), { what: "an answer" });
    for (const host of HOSTS.keys()) await check(host, Math.max(0, (feed.acknowledged.get(HOSTS[host]) ?? 0) - LOOK_BACK));
    const metrics = await stack.serviceMetrics();
    assert.equal(metrics.syspulse_store_damaged_units, 0, stack.service.log);
  }
  filling = false;
  await filled;
  await feed.settled();
  for (const host of HOSTS.keys()) await check(host, 0);
  const [counts] = await stack.query(`count(count_over_time(filler[${next + 10}s]) == ${next})`, { time: START_MS / 1000 + next });
  assert.equal(Number(counts?.value[1]), HOSTS.length * (WIDTH - 2), "every column has every frame");
  const files = readdirSync(path.join(stack.data, "history"));
  context.diagnostic(`${next} frames of each host; slowest start ${slowest} ms; files: ${files.join(" ")}`);
  assert.ok(slowest < SLOWEST_START_MS);
});
