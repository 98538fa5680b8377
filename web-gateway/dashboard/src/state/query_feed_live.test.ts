import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { GridValues, RangeAnswer, RangeQuestion } from "../lib/query_model.ts";
import { lastOf, liveRange } from "../lib/time_range.ts";
import { QueryFeed } from "./query_feed.ts";
import type { QueryState, QueryView } from "./query_state.ts";

const cost = { seriesCount: 1, sampleCount: 1, evaluationMs: 1 };
const view: QueryView = {
  expressions: ["a", "b"],
  range: liveRange,
  liveMinutes: 2,
  table: false,
  step: 0,
  pixels: 900,
};
const startSeconds = 1_000_000;

let nowSeconds = startSeconds;
/** How far the service's clock is ahead, and what is known of that. */
let [aheadSeconds, knownAheadSeconds] = [0, 0];
let state: QueryState | undefined;
let asked: RangeQuestion[] = [];
let timers: { callback: () => void; delayMs: number }[] = [];
let keys: string[] = [];
let failure: Error | undefined;
let feed: QueryFeed;

/** One value for each moment of the question: the moment itself. */
function answer({ expression, fromSeconds, toSeconds, stepSeconds }: RangeQuestion): RangeAnswer {
  const stepCount = Math.round((toSeconds - fromSeconds) / stepSeconds) + 1;
  const values = Float64Array.from({ length: stepCount }, (_, row) => fromSeconds + row * stepSeconds);
  return {
    startSeconds: fromSeconds,
    stepSeconds,
    stepCount,
    series: [{ labels: { expression }, values }],
    notes: [],
    cost,
  };
}

function moment(expression: string, atSeconds: number): GridValues {
  const series = [{ labels: { expression }, values: Float64Array.of(atSeconds) }];
  return { startSeconds: atSeconds, stepSeconds: 1, stepCount: 1, series, notes: [] };
}

/** Moments one after the other, each with itself for a value. */
function moments(expression: string, fromSeconds: number, toSeconds: number): GridValues {
  return answer({ expression, fromSeconds, toSeconds, stepSeconds: 1 });
}

function shown(): QueryState {
  assert.ok(state);
  return state;
}

const valuesOf = (index: number): Float64Array =>
  shown().results[index]?.graph?.series[0]?.values ?? new Float64Array();
const isWhole = (): boolean => [0, 1].every((index) => !valuesOf(index).some(Number.isNaN));
const watchedNow = (): readonly string[] => feed.watched().map(({ expression }) => expression);
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function checkClock(): Promise<boolean> {
  await Promise.resolve();
  const wasWrong = knownAheadSeconds !== aheadSeconds;
  knownAheadSeconds = aheadSeconds;
  return wasWrong;
}

async function show(change: Partial<QueryView> = {}): Promise<void> {
  feed.show({ ...view, ...change });
  await settled();
}

beforeEach(() => {
  nowSeconds = startSeconds;
  [aheadSeconds, knownAheadSeconds] = [0, 0];
  [asked, timers, keys] = [[], [], []];
  [failure, state] = [undefined, undefined];
  feed = new QueryFeed({
    queryRange: async (question) => {
      asked.push(question);
      if (failure !== undefined && question.expression === "b") throw failure;
      return answer(question);
    },
    queryInstant: async (expression) => ({
      timeSeconds: nowSeconds,
      value:
        expression === "text"
          ? { kind: "text", text: "x" }
          : { kind: "vector", rows: [{ labels: { expression }, value: 1 }] },
      notes: [],
      cost,
    }),
    onWatch: (key) => keys.push(key),
    isRefusal: (thrown) => thrown instanceof Error && thrown.message === "refused",
    nowMs: () => nowSeconds * 1000,
    serviceNowSeconds: () => nowSeconds + knownAheadSeconds,
    checkClock,
    onState: (next) => {
      state = next;
    },
    setTimer: (callback, delayMs) => {
      const timer = { callback, delayMs };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  });
});

test("a range up to now goes on by what is sent, and nothing is asked for again", async () => {
  await show();
  assert.equal(shown().following.kind, "opening");
  assert.deepEqual(
    feed.watched().map(({ expression, stepSeconds }) => [expression, stepSeconds]),
    [
      ["a", 1],
      ["b", 1],
    ],
  );
  feed.onValues("a", moment("a", startSeconds + 1));
  feed.onValues("b", moment("b", startSeconds + 1));
  assert.equal(shown().following.kind, "live");
  assert.deepEqual([valuesOf(0).at(-1), valuesOf(1).at(-1)], [startSeconds + 1, startSeconds + 1]);
  assert.deepEqual([valuesOf(0)[0], valuesOf(0).length], [startSeconds - 119, 121]);
  assert.deepEqual(shown().window, { fromSeconds: startSeconds - 119, toSeconds: startSeconds + 1 });
  assert.equal(timers.length, 0);
  assert.equal(asked.length, 2);
});

test("what came of one expression is drawn a moment later if the others are late", async () => {
  await show();
  feed.onValues("a", moment("a", startSeconds + 1));
  assert.equal(valuesOf(0).at(-1), startSeconds);
  timers[0]?.callback();
  assert.equal(valuesOf(0).at(-1), startSeconds + 1);
  assert.ok(Number.isNaN(valuesOf(1).at(-1)), "a gap, on the same grid");
});

test("a stream that is opened again is asked for what is missing", async () => {
  await show({ liveMinutes: 20 });
  nowSeconds += 200;
  feed.onLost();
  assert.equal(feed.watched()[0]?.historySeconds, 260);
  assert.ok((feed.watched()[0]?.historySeconds ?? 0) <= 20 * 60);
  feed.onValues("a", moment("a", startSeconds + 200));
  feed.onValues("b", moment("b", startSeconds + 200));
  assert.equal(shown().following.kind, "live");
  await settled();
  assert.equal(asked.length, 4, "moments are missing all the same: everything is asked for again");
});

for (const ahead of [300, -300]) {
  const clock = ahead > 0 ? "behind" : "ahead";
  test(`a clock that is ${clock} leaves no hole: everything is asked for up to the service's now`, async () => {
    aheadSeconds = ahead;
    const now = startSeconds + ahead;
    await show();
    assert.deepEqual(
      asked.map(({ toSeconds }) => toSeconds),
      [startSeconds, startSeconds, now, now],
    );
    for (const expression of ["a", "b"]) feed.onValues(expression, moments(expression, now - 59, now + 1));
    assert.deepEqual(shown().window, { fromSeconds: now - 119, toSeconds: now + 1 });
    assert.deepEqual([isWhole(), asked.length, timers.length], [true, 4, 0]);
    feed.reload();
    await settled();
    assert.deepEqual([asked.length, asked.at(-1)?.toSeconds], [6, now], "the clock is known by now");
  });
}

test("a clock that is ahead does not hide what is missing after the stream was lost", async () => {
  aheadSeconds = -300;
  await show({ liveMinutes: 20 });
  nowSeconds += 200;
  feed.onLost();
  assert.equal(feed.watched()[0]?.historySeconds, 260);
});

test("what is missing between the answer and what is sent is asked for once more, but not at once", async () => {
  await show();
  const send = (fromSeconds: number, toSeconds: number): void => {
    for (const expression of ["a", "b"]) feed.onValues(expression, moments(expression, fromSeconds, toSeconds));
  };
  nowSeconds += 4;
  send(startSeconds + 3, startSeconds + 4);
  assert.deepEqual([isWhole(), asked.length], [false, 2], "whoever is slow would be slower");
  assert.deepEqual(
    timers.map(({ delayMs }) => delayMs),
    [6000],
  );
  nowSeconds += 6;
  timers.shift()?.callback();
  await settled();
  assert.deepEqual([asked.length, asked.at(-1)?.toSeconds], [4, startSeconds + 10]);
  send(startSeconds + 11, startSeconds + 11);
  assert.deepEqual([isWhole(), valuesOf(0).at(-1), timers.length], [true, startSeconds + 11, 0]);
});

test("what the service refuses to send is asked for again and again, with the reason", async () => {
  await show();
  feed.onRefused("too many different expressions");
  assert.deepEqual(shown().following, { kind: "asking", everyMs: 5000, reason: "too many different expressions" });
  assert.equal(keys.at(-1), "");
  timers[0]?.callback();
  await settled();
  assert.equal(asked.length, 4);
  assert.equal(keys.at(-1), "", "it is not tried again by itself");
  feed.reload();
  await settled();
  assert.equal(shown().following.kind, "opening");
});

test("an expression that ends leaves the others alone", async () => {
  await show();
  feed.onEnded("b", "takes too long");
  assert.deepEqual(watchedNow(), ["a"]);
  feed.onValues("a", moment("a", startSeconds + 1));
  assert.equal(valuesOf(0).at(-1), startSeconds + 1);
  assert.deepEqual(shown().following, { kind: "asking", everyMs: 5000, reason: "takes too long" });
  timers[0]?.callback();
  await settled();
  assert.deepEqual(watchedNow(), ["a"], "nor are they forgotten when it is asked again");
});

test("a mistake is not asked again, what failed otherwise is", async () => {
  failure = new Error("refused");
  await show();
  assert.deepEqual(watchedNow(), ["a"]);
  assert.equal(timers.length, 0);
  failure = new Error("the gateway does not answer");
  await show();
  assert.equal(timers.length, 1);
});

test("steps of more than an hour are asked for", async () => {
  await show({ range: lastOf("30d"), pixels: 100 });
  assert.deepEqual(feed.watched(), []);
  assert.deepEqual(shown().following, { kind: "asking", everyMs: 300_000, reason: "" });
});

test("what is sent while everything is asked for again is not lost", async () => {
  await show();
  feed.onValues("a", moment("a", startSeconds + 1));
  feed.onValues("b", moment("b", startSeconds + 1));
  feed.reload();
  feed.onValues("a", moment("a", startSeconds + 2));
  feed.onValues("b", moment("b", startSeconds + 2));
  await settled();
  assert.equal(valuesOf(0).at(-1), startSeconds + 2);
  assert.equal(keys.at(-1), keys[0], "the stream stays as it is");
  assert.equal(shown().following.kind, "live");
});

test("what waits to be drawn when another range is chosen is not laid over graphs of other steps", async () => {
  await show();
  feed.onValues("a", moment("a", startSeconds + 1));
  feed.show({ ...view, range: lastOf("24h") });
  for (const { callback } of timers) callback();
  assert.deepEqual([shown().results[0]?.graph?.stepSeconds, valuesOf(0).at(-1)], [1, startSeconds]);
  await settled();
  assert.equal(shown().results[0]?.graph?.stepSeconds, shown().stepSeconds);
});

test("a table goes on as well, but for values that none can send", async () => {
  await show({ table: true });
  for (const expression of ["a", "b"]) feed.onValues(expression, moment(expression, startSeconds + 1));
  const table = shown().results[0]?.table;
  assert.deepEqual(
    [table?.timeSeconds, table?.value],
    [startSeconds + 1, { kind: "vector", rows: [{ labels: { expression: "a" }, value: startSeconds + 1 }] }],
  );
  await show({ table: true, expressions: ["text"] });
  assert.deepEqual([feed.watched(), shown().following.kind], [[], "asking"]);
});

test("a table is not asked for again because of the graph that was on screen before", async () => {
  await show();
  await show({ table: true });
  nowSeconds += 11;
  for (const expression of ["a", "b"]) feed.onValues(expression, moment(expression, nowSeconds));
  assert.deepEqual([shown().results[0]?.kind, timers.length], ["ready", 0]);
});

test("a range that stays is not watched, nor is a page that was left", async () => {
  await show();
  await show({ range: { from: "1970-01-10T00:00:00Z", to: "1970-01-10T01:00:00Z" } });
  assert.deepEqual([keys.at(-1), shown().following.kind], ["", "none"]);
  await show();
  feed.stop();
  assert.equal(keys.at(-1), "");
  feed.onValues("a", moment("a", startSeconds + 1));
  assert.equal(valuesOf(0).at(-1), startSeconds);
});
