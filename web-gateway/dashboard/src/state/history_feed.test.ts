import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { RangeAnswer, RangeQuestion } from "../lib/query_model.ts";
import { lastOf } from "../lib/time_range.ts";
import { HistoryFeed, type HistoryState, type HistoryView } from "./history_feed.ts";

const start = 1_000_000;
const view: HistoryView = {
  instance: "web-1",
  range: lastOf("1h"),
  perCore: false,
  pixels: 450,
  intervalSeconds: 1,
};

let now = start;
/** How far the service's clock is ahead, and what is known of that. */
let [aheadSeconds, knownAheadSeconds] = [0, 0];
let states: HistoryState[] = [];
let asked: { readonly question: RangeQuestion; readonly signal: AbortSignal }[] = [];
let timers: { readonly callback: () => void; readonly delayMs: number }[] = [];
let answerTo: (question: RangeQuestion) => Promise<RangeAnswer>;
let feed: HistoryFeed;

/** An answer of one series that every chart finds something in. */
function someAnswer(question: RangeQuestion, value = 1): RangeAnswer {
  const stepCount = Math.floor((question.toSeconds - question.fromSeconds) / question.stepSeconds) + 1;
  const labels = { mode: "user", cpu: "0", device: "d", series: seriesOf(question.expression) };
  return {
    startSeconds: question.fromSeconds,
    stepSeconds: question.stepSeconds,
    stepCount,
    series: [{ labels, values: new Float64Array(stepCount).fill(value) }],
    notes: [],
    cost: { seriesCount: 1, sampleCount: 1, evaluationMs: 1 },
  };
}

function seriesOf(expression: string): string {
  return /"series", "(\w+)"/.exec(expression)?.[1] ?? "";
}

async function checkClock(): Promise<boolean> {
  await Promise.resolve();
  const wasWrong = knownAheadSeconds !== aheadSeconds;
  knownAheadSeconds = aheadSeconds;
  return wasWrong;
}

function last(): HistoryState {
  const state = states.at(-1);
  assert.ok(state);
  return state;
}

/** Lets everything that is due happen. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  now = start;
  [aheadSeconds, knownAheadSeconds] = [0, 0];
  states = [];
  asked = [];
  timers = [];
  answerTo = (question) => Promise.resolve(someAnswer(question));
  feed = new HistoryFeed({
    queryRange: (question, signal) => {
      asked.push({ question, signal });
      return answerTo(question);
    },
    nowSeconds: () => now + knownAheadSeconds,
    checkClock,
    onState: (state) => states.push(state),
    setTimer: (callback, delayMs) => {
      const timer = { callback, delayMs };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  });
});

test("each chart loads by itself, and is ready when its own answer came", async () => {
  feed.show(view);
  assert.ok([...last().statuses.values()].every(({ kind }) => kind === "loading"));
  assert.equal(last().statuses.size, 7);
  await settled();
  assert.ok([...last().statuses.values()].every(({ kind }) => kind === "ready"));
  assert.equal(last().columns.get("cpu")?.at("cpu.user", 0), 1);
});

test("no more than four questions are open at once", async () => {
  answerTo = () => new Promise(() => {});
  feed.show(view);
  await settled();
  assert.equal(asked.length, 4);
});

test("a range that ends now is asked for again when there is another point; one that stays is not", async () => {
  feed.show(view);
  await settled();
  assert.deepEqual(
    timers.map(({ delayMs }) => delayMs),
    [last().stepSeconds * 1000],
  );
  feed.show({ ...view, range: { from: "1970-01-12T00:00:00Z", to: "1970-01-12T01:00:00Z" } });
  await settled();
  assert.equal(timers.length, 0);
});

for (const ahead of [300, -300]) {
  test(`a range that ends now ends by the service's clock, ${Math.abs(ahead)} s ${ahead > 0 ? "later" : "earlier"}`, async () => {
    aheadSeconds = ahead;
    feed.show(view);
    const first = asked[0];
    await settled();
    assert.ok(first?.signal.aborted, "what was asked for by the browser's clock is given up");
    assert.equal(last().window.toSeconds, start + ahead);
    const ends = asked.slice(-7).map(({ question }) => question.toSeconds);
    assert.ok(ends.every((end) => end > start + ahead - last().stepSeconds && end <= start + ahead));
    const count = asked.length;
    feed.reload();
    await settled();
    assert.equal(asked.length, count + 7, "the clock is known by now");
  });
}

test("a refresh shows no sign of loading and keeps the old lines until the new ones come", async () => {
  feed.show(view);
  await settled();
  const before = states.length;
  now += last().stepSeconds;
  timers[0]?.callback();
  assert.ok([...(states[before]?.statuses.values() ?? [])].every(({ kind }) => kind === "ready"));
  assert.ok(states[before]?.columns.has("cpu"));
});

test("another range ends what is still being asked for the one before", async () => {
  const late: ((answer: RangeAnswer) => void)[] = [];
  answerTo = () => new Promise((resolve) => late.push(resolve));
  feed.show(view);
  await settled();
  const first = asked[0];
  answerTo = (question) => Promise.resolve(someAnswer(question, 2));
  feed.show({ ...view, range: lastOf("6h") });
  await settled();
  assert.ok(first?.signal.aborted);
  if (first !== undefined) late[0]?.(someAnswer(first.question, 99));
  await settled();
  assert.equal(last().columns.get("cpu")?.at("cpu.user", 0), 2);
});

test("another host never shows the lines of the one before", async () => {
  feed.show(view);
  await settled();
  answerTo = () => new Promise(() => {});
  feed.show({ ...view, instance: "web-2" });
  assert.equal(last().columns.size, 0);
});

test("a chart that fails says why, and the others are drawn", async () => {
  answerTo = (question) =>
    question.expression.includes("node_load1")
      ? Promise.reject(new Error("too many samples"))
      : Promise.resolve(someAnswer(question));
  feed.show(view);
  await settled();
  assert.deepEqual(last().statuses.get("load"), { kind: "failed", reason: "too many samples" });
  assert.equal(last().statuses.get("cpu")?.kind, "ready");
  answerTo = (question) => Promise.resolve(someAnswer(question));
  feed.reload();
  await settled();
  assert.equal(last().statuses.get("load")?.kind, "ready");
});

test("where nothing is in the range, it is found out when the host's history begins", async () => {
  const begin = start - 40 * 86_400;
  answerTo = (question) => {
    const answer = someAnswer(question, Number.NaN);
    if (!question.expression.startsWith("present_over_time")) return Promise.resolve(answer);
    answer.series[0]?.values.forEach((_, row, values) => {
      if (question.fromSeconds + row * question.stepSeconds >= begin) values[row] = 1;
    });
    return Promise.resolve(answer);
  };
  feed.show(view);
  await settled();
  const found = last().beginsSeconds ?? 0;
  assert.ok(Math.abs(found - begin) <= 300, `${found - begin}`);
});

test("after the end nothing is asked for any more", async () => {
  feed.show(view);
  await settled();
  feed.stop();
  assert.equal(timers.length, 0);
  const count = asked.length;
  feed.reload();
  await settled();
  assert.equal(asked.length, count);
});
