import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import type { LiveEvent, LiveQuery } from "../api/live.ts";
import { type FeedWorld, LiveFeed, refusedDelayMs, silenceMs } from "./live_feed.ts";

const query: LiveQuery = {
  host: "hosts/a",
  historySeconds: 0,
  historyOfCores: true,
  orderBy: "",
  filter: "",
  limit: 15,
  tree: false,
  expressions: [],
};
const hosts: LiveEvent = { kind: "hosts", hosts: [] };
const refusal = new Error("refused");

/** A stream that the test feeds by hand. */
class FakeStream {
  readonly #waiting: { resolve: (event: LiveEvent) => void; reject: (thrown: unknown) => void }[] = [];
  readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  async *events(): AsyncGenerator<LiveEvent> {
    while (!this.signal.aborted) {
      yield await new Promise<LiveEvent>((resolve, reject) => {
        this.#waiting.push({ resolve, reject });
        this.signal.addEventListener("abort", () => reject(new Error("aborted")));
      });
    }
  }

  send(event: LiveEvent): Promise<void> {
    this.#waiting.shift()?.resolve(event);
    return settled();
  }

  fail(thrown: unknown): Promise<void> {
    this.#waiting.shift()?.reject(thrown);
    return settled();
  }
}

/** Lets all that is ready run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

class FakeWorld implements FeedWorld {
  readonly streams: FakeStream[] = [];
  readonly events: LiveEvent[] = [];
  readonly losses: unknown[] = [];
  readonly timers: { callback: () => void; delayMs: number }[] = [];
  whenLost = (): void => {};

  watch(_query: LiveQuery, signal: AbortSignal): AsyncIterable<LiveEvent> {
    const stream = new FakeStream(signal);
    this.streams.push(stream);
    return stream.events();
  }
  query(): LiveQuery {
    return query;
  }
  onEvent(event: LiveEvent): void {
    this.events.push(event);
  }
  onLost(thrown: unknown): void {
    this.losses.push(thrown);
    this.whenLost();
  }
  isRefusal(thrown: unknown): boolean {
    return thrown === refusal;
  }
  random(): number {
    return 1;
  }
  setTimer(callback: () => void, delayMs: number): () => void {
    const timer = { callback, delayMs };
    this.timers.push(timer);
    return () => {
      const at = this.timers.indexOf(timer);
      if (at >= 0) this.timers.splice(at, 1);
    };
  }

  /** Fires the only timer there is, and says how long it was. */
  async fireTimer(): Promise<number> {
    assert.equal(this.timers.length, 1);
    const timer = this.timers.shift();
    timer?.callback();
    await settled();
    return timer?.delayMs ?? 0;
  }

  stream(): FakeStream {
    const last = this.streams.at(-1);
    assert.ok(last);
    return last;
  }
}

async function opened(): Promise<{ world: FakeWorld; feed: LiveFeed }> {
  const world = new FakeWorld();
  const feed = new LiveFeed(world);
  feed.restart();
  await settled();
  return { world, feed };
}

test("events of the stream are passed on", async () => {
  const { world } = await opened();
  await world.stream().send(hosts);
  await world.stream().send(hosts);
  assert.equal(world.events.length, 2);
  assert.equal(world.streams.length, 1);
});

test("a lost stream is opened again, each time after a longer wait", async () => {
  const { world } = await opened();
  const waits: number[] = [];
  for (let time = 0; time < 6; time++) {
    await world.stream().fail(new Error("reset"));
    waits.push(await world.fireTimer());
  }
  assert.deepEqual(waits, [200, 400, 800, 1600, 3000, 3000]);
  assert.equal(world.losses.length, 6);
});

test("a stream that brought something begins the waits anew", async () => {
  const { world } = await opened();
  for (let time = 0; time < 4; time++) {
    await world.stream().fail(new Error("reset"));
    await world.fireTimer();
  }
  await world.stream().send(hosts);
  await world.stream().fail(new Error("reset"));
  assert.equal(await world.fireTimer(), 200);
});

test("a refusal is not asked again at once", async () => {
  const { world } = await opened();
  await world.stream().fail(refusal);
  assert.equal(await world.fireTimer(), refusedDelayMs);
  assert.equal(world.streams.length, 2);
});

test("a silent stream is given up and opened again", async () => {
  const { world } = await opened();
  await world.stream().send(hosts);
  assert.equal(await world.fireTimer(), silenceMs);
  assert.ok(world.stream().signal.aborted);
  await world.fireTimer();
  assert.equal(world.streams.length, 2);
});

test("another query ends the stream without counting as a loss", async () => {
  const { world, feed } = await opened();
  const first = world.stream();
  feed.restart();
  await settled();
  assert.ok(first.signal.aborted);
  assert.equal(world.streams.length, 2);
  assert.equal(world.losses.length, 0);
});

test("a stopped feed opens nothing any more and leaves no timer", async () => {
  const { world, feed } = await opened();
  await world.stream().fail(new Error("reset"));
  feed.stop();
  await settled();
  assert.equal(world.streams.length, 1);
  assert.deepEqual(world.timers, []);
});

test("a paused feed opens nothing until it is resumed, whatever asks for it", async () => {
  const { world, feed } = await opened();
  feed.pause();
  feed.restart();
  await settled();
  assert.deepEqual([world.streams.length, world.timers.length, feed.isPaused], [1, 0, true]);
  feed.resume();
  await settled();
  assert.deepEqual([world.streams.length, feed.isPaused], [2, false]);
});

test("however often the stream is opened again, no listeners are left behind", async (t) => {
  const listening = t.mock.method(EventTarget.prototype, "addEventListener");
  const { world } = await opened();
  for (let time = 0; time < 20; time++) {
    await world.stream().fail(new Error("reset"));
    await world.fireTimer();
  }
  const ofStreams = new Set<unknown>(world.streams.map(({ signal }) => signal));
  const others = new Set(listening.mock.calls.map((call) => call.this as EventTarget));
  const left = [...others].filter((target) => !ofStreams.has(target));
  assert.equal(left.flatMap((target) => getEventListeners(target, "abort")).length, 1, "that of the last attempt");
});

test("a stream that is opened anew when it is lost waits for nothing of before", async () => {
  const { world, feed } = await opened();
  world.whenLost = () => feed.restart();
  await world.stream().fail(refusal);
  assert.equal(world.streams.length, 2);
  assert.equal(await world.fireTimer(), silenceMs, "the only timer is the new stream's");
});
