import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { InstantAnswer, RangeAnswer, RangeQuestion } from "../lib/query_model.ts";
import { lastOf, liveRange } from "../lib/time_range.ts";
import { newestGraph } from "./query_answer.ts";
import { QueryFeed } from "./query_feed.ts";
import type { QueryState, QueryView } from "./query_state.ts";

const cost = { seriesCount: 1, sampleCount: 1, evaluationMs: 1 };
const view: QueryView = {
  expressions: ["up"],
  range: lastOf("1h"),
  liveMinutes: 20,
  table: false,
  step: 0,
  pixels: 900,
};

let nowMs = 0;
let states: QueryState[] = [];
let ranges: { readonly question: RangeQuestion; readonly signal: AbortSignal }[] = [];
let moments: (number | undefined)[] = [];
let timers: (() => void)[] = [];
let keys: string[] = [];
let answerTo: (question: RangeQuestion) => Promise<RangeAnswer>;
let feed: QueryFeed;

function rangeAnswer(question: RangeQuestion, value = 1): RangeAnswer {
  const { fromSeconds: startSeconds, stepSeconds } = question;
  return {
    startSeconds,
    stepSeconds,
    stepCount: 1,
    series: [{ labels: {}, values: Float64Array.of(value) }],
    notes: [],
    cost,
  };
}

function instantAnswer(atSeconds: number | undefined): InstantAnswer {
  return { timeSeconds: atSeconds ?? 0, value: { kind: "scalar", value: 2 }, notes: [], cost };
}

function last(): QueryState {
  const state = states.at(-1);
  assert.ok(state);
  return state;
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  nowMs = 1_000_000_000;
  states = [];
  ranges = [];
  moments = [];
  timers = [];
  keys = [];
  answerTo = async (question) => {
    nowMs += 30;
    return rangeAnswer(question);
  };
  feed = new QueryFeed({
    queryRange: (question, signal) => {
      ranges.push({ question, signal });
      return answerTo(question);
    },
    queryInstant: async (_, atSeconds) => {
      moments.push(atSeconds);
      return instantAnswer(atSeconds);
    },
    onWatch: (key) => keys.push(key),
    isRefusal: (thrown) => thrown instanceof Error && thrown.message.includes("parse error"),
    nowMs: () => nowMs,
    serviceNowSeconds: () => nowMs / 1000,
    checkClock: async () => false,
    onState: (state) => states.push(state),
    setTimer: (callback) => {
      timers.push(callback);
      return () => {
        timers = timers.filter((other) => other !== callback);
      };
    },
  });
});

test("every expression is asked over the same times, and one that fails leaves the others alone", async () => {
  answerTo = (question) =>
    question.expression === "bad("
      ? Promise.reject(new Error("1:5: parse error"))
      : Promise.resolve(rangeAnswer(question));
  feed.show({ ...view, expressions: ["up", "bad("] });
  await settled();
  assert.deepEqual(
    last().results.map(({ kind, reason }) => [kind, reason]),
    [
      ["ready", ""],
      ["failed", "1:5: parse error"],
    ],
  );
  const [first, second] = ranges.map(({ question }) => question);
  assert.deepEqual({ ...first, expression: "" }, { ...second, expression: "" });
});

test("it is known how long the answer took", async () => {
  feed.show(view);
  await settled();
  assert.equal(last().results[0]?.elapsedMs, 30);
});

test("a step of one's own is taken as it is, and the grid stands on its multiples", async () => {
  feed.show({ ...view, step: 7 });
  await settled();
  const question = ranges[0]?.question;
  assert.equal(question?.stepSeconds, 7);
  assert.equal((question?.fromSeconds ?? 1) % 7, 0);
});

test("a table shows now by the service's clock, and the end of a range that stays", async () => {
  feed.show({ ...view, table: true });
  await settled();
  feed.show({ ...view, table: true, range: { from: "1970-01-10T00:00:00Z", to: "1970-01-10T01:00:00Z" } });
  await settled();
  assert.deepEqual(moments, [undefined, 9 * 86_400 + 3600]);
  assert.deepEqual(last().results[0]?.table?.value, { kind: "scalar", value: 2 });
});

test("live means the last minutes", async () => {
  feed.show({ ...view, range: liveRange, liveMinutes: 5 });
  await settled();
  assert.equal(last().window.toSeconds - last().window.fromSeconds, 300);
});

test("a range that stays is asked for once, and so is nothing", async () => {
  feed.show({ ...view, range: { from: "1970-01-10T00:00:00Z", to: "1970-01-10T01:00:00Z" } });
  await settled();
  assert.equal(timers.length, 0);
  feed.show({ ...view, expressions: [] });
  await settled();
  assert.equal(timers.length, 0);
});

test("what is known stays on screen while it is asked for again", async () => {
  feed.show(view);
  await settled();
  answerTo = () => new Promise(() => {});
  feed.reload();
  assert.equal(last().results[0]?.kind, "loading");
  assert.notEqual(last().results[0]?.graph, undefined);
});

test("the moments that count are those of what is asked now, as soon as one has answered", async () => {
  feed.show({ ...view, expressions: ["slow", "fast"] });
  await settled();
  const before = last().results[0]?.graph;
  answerTo = (question) =>
    question.expression === "slow" ? new Promise(() => {}) : Promise.resolve(rangeAnswer(question));
  feed.show({ ...view, expressions: ["slow", "fast"], range: lastOf("24h") });
  assert.equal(newestGraph(last().results), before);
  await settled();
  assert.equal(last().results[0]?.graph, before);
  assert.equal(newestGraph(last().results), last().results[1]?.graph);
});

test("an answer that comes after another question was asked is dropped", async () => {
  let late: (answer: RangeAnswer) => void = () => {};
  answerTo = () =>
    new Promise((resolve) => {
      late = resolve;
    });
  feed.show(view);
  const first = ranges[0];
  answerTo = async (question) => rangeAnswer(question, 5);
  feed.show({ ...view, expressions: ["down"] });
  await settled();
  assert.ok(first?.signal.aborted);
  if (first !== undefined) late(rangeAnswer(first.question, 99));
  await settled();
  assert.deepEqual(
    last().results.map(({ expression, graph }) => [expression, graph?.series[0]?.values[0]]),
    [["down", 5]],
  );
});

test("after the end nothing is asked for any more", async () => {
  feed.show(view);
  await settled();
  feed.stop();
  feed.reload();
  await settled();
  assert.equal(timers.length, 0);
  assert.equal(ranges.length, 1);
});
