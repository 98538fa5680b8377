// Runs the expressions of the query page: all at once, again while their range moves on, and the last ones only.
import type { InstantAnswer, RangeAnswer, RangeQuestion } from "../lib/query_model.ts";
import { aligned, refreshMs, stepSeconds } from "../lib/query_step.ts";
import { isLive, isMoving, resolveRange, type TimeRange, type TimeWindow } from "../lib/time_range.ts";

/** What the page asks. */
export interface QueryView {
  readonly expressions: readonly string[];
  readonly range: TimeRange;
  readonly liveMinutes: number;
  /** Values at the end of the range instead of over it. */
  readonly table: boolean;
  /** Seconds between points; 0 = as fine as the graph shows. */
  readonly step: number;
  readonly pixels: number;
}

export interface QueryResult {
  readonly expression: string;
  readonly kind: "loading" | "ready" | "failed";
  /** Why it failed. */
  readonly reason: string;
  /** Of the last time that it did not, while the next is loading. */
  readonly graph: RangeAnswer | undefined;
  readonly table: InstantAnswer | undefined;
  /** From the question to the answer, as this browser saw it. */
  readonly elapsedMs: number;
}

export interface QueryState {
  readonly window: TimeWindow;
  readonly stepSeconds: number;
  readonly results: readonly QueryResult[];
}

/** What the feed needs of the world; tests give their own. */
export interface QueryWorld {
  readonly queryRange: (question: RangeQuestion, signal: AbortSignal) => Promise<RangeAnswer>;
  /** At a moment; now, by the service's clock, if there is none. */
  readonly queryInstant: (
    expression: string,
    atSeconds: number | undefined,
    signal: AbortSignal,
  ) => Promise<InstantAnswer>;
  readonly nowMs: () => number;
  readonly onState: (state: QueryState) => void;
  readonly setTimer: (callback: () => void, delayMs: number) => () => void;
}

/** What samples are as a rule; finer steps than this show nothing more. */
const leastStepSeconds = 1;

export class QueryFeed {
  readonly #world: QueryWorld;
  #view: QueryView | undefined;
  #state: QueryState | undefined;
  #running = new AbortController();
  #stopTimer = (): void => {};

  constructor(world: QueryWorld) {
    this.#world = world;
  }

  show(view: QueryView): void {
    this.#view = view;
    this.reload();
  }

  /** Ends what is running; what is on screen stays. */
  stop(): void {
    this.#running.abort();
    this.#stopTimer();
    this.#view = undefined;
  }

  /** Runs everything again. */
  reload(): void {
    const view = this.#view;
    if (view === undefined) return;
    this.#running.abort();
    this.#stopTimer();
    this.#running = new AbortController();
    void this.#run(view, this.#running.signal);
  }

  async #run(view: QueryView, signal: AbortSignal): Promise<void> {
    const now = this.#world.nowMs() / 1000;
    const last = { fromSeconds: now - view.liveMinutes * 60, toSeconds: now };
    const window = resolveRange(view.range, now) ?? last;
    const step = view.step > 0 ? view.step : stepSeconds(window, view.pixels, leastStepSeconds);
    const moves = isLive(view.range) || isMoving(view.range);
    const results = view.expressions.map((expression) => this.#loading(expression));
    this.#publish({ window, stepSeconds: step, results });
    const question = { ...aligned(window, step), stepSeconds: step };
    const ask = view.table
      ? (expression: string) => this.#askInstant(expression, moves ? undefined : window.toSeconds, signal)
      : (expression: string) => this.#askRange({ ...question, expression }, signal);
    await Promise.all(view.expressions.map((expression, index) => this.#ask(index, () => ask(expression), signal)));
    if (signal.aborted || !moves || view.expressions.length === 0) return;
    this.#stopTimer = this.#world.setTimer(() => this.reload(), refreshMs(step));
  }

  /** What is known of an expression stays on screen while it runs again. */
  #loading(expression: string): QueryResult {
    const before = this.#state?.results.find((result) => result.expression === expression);
    return {
      expression,
      kind: "loading",
      reason: before?.reason ?? "",
      graph: before?.graph,
      table: before?.table,
      elapsedMs: before?.elapsedMs ?? 0,
    };
  }

  async #askRange(question: RangeQuestion, signal: AbortSignal): Promise<Partial<QueryResult>> {
    return { graph: await this.#world.queryRange(question, signal) };
  }

  async #askInstant(
    expression: string,
    atSeconds: number | undefined,
    signal: AbortSignal,
  ): Promise<Partial<QueryResult>> {
    return { table: await this.#world.queryInstant(expression, atSeconds, signal) };
  }

  async #ask(index: number, ask: () => Promise<Partial<QueryResult>>, signal: AbortSignal): Promise<void> {
    const askedMs = this.#world.nowMs();
    const elapsed = (): number => this.#world.nowMs() - askedMs;
    try {
      const answer = await ask();
      if (!signal.aborted) this.#put(index, { ...answer, kind: "ready", reason: "", elapsedMs: elapsed() });
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      const nothing = { graph: undefined, table: undefined };
      if (!signal.aborted) this.#put(index, { ...nothing, kind: "failed", reason, elapsedMs: elapsed() });
    }
  }

  #put(index: number, change: Partial<QueryResult>): void {
    const state = this.#state;
    if (state === undefined) return;
    const results = state.results.map((result, at) => (at === index ? { ...result, ...change } : result));
    this.#publish({ ...state, results });
  }

  #publish(state: QueryState): void {
    this.#state = state;
    this.#world.onState(state);
  }
}
