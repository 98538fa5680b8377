// Runs the expressions of the query page: all at once, and the last ones only. While their range moves on, the service
// sends their values as time goes on; what it does not send is asked for again.
import { endOf } from "../lib/live_grid.ts";
import type { GridValues, WatchedExpression } from "../lib/query_model.ts";
import { aligned, refreshMs, stepSeconds } from "../lib/query_step.ts";
import { isLive, isMoving, resolveRange } from "../lib/time_range.ts";
import { LatestRun } from "./latest_run.ts";
import { answered, loadingResult } from "./query_answer.ts";
import { isWatchable, leavesGap, newestSeconds, watchedStep, withNewer } from "./query_live.ts";
import type { QueryResult, QueryState, QueryView, QueryWorld } from "./query_state.ts";
import type { ExpressionWatcher } from "./watched.ts";

/** What samples are as a rule; finer steps than this show nothing more. */
const leastStepSeconds = 1;
/** Values of one moment come one expression after the other, and are drawn together. */
const togetherMs = 100;
/** Asked for beyond what is missing: values may come late, and two clocks are never quite the same. */
const overlapSeconds = 60;
const greatestPastSteps = 10_000;
/** After a gap everything is asked for again, but not all the time: whoever is slow would be slower. */
const leastReloadMs = 10_000;

/** Confined to the browser's one thread. */
export class QueryFeed implements ExpressionWatcher {
  readonly #world: QueryWorld;
  readonly #runs: LatestRun;
  readonly #drawing: LatestRun;
  #view: QueryView | undefined;
  #state: QueryState | undefined;
  #isLoading = false;
  #loadedMs = 0;
  #watched: readonly string[] = [];
  #key = "";
  #newer = new Map<string, GridValues[]>();
  /** The newest moment that the service sent; none since everything was asked for. */
  #newestSeconds = Number.NEGATIVE_INFINITY;
  /** Expressions that the service does not send values of, and why. */
  readonly #refusals = new Map<string, string>();

  constructor(world: QueryWorld) {
    this.#world = world;
    this.#runs = new LatestRun(world.setTimer);
    this.#drawing = new LatestRun(world.setTimer);
  }

  show(view: QueryView): void {
    this.#view = view;
    this.reload();
  }

  /** Ends what is running; what is on screen stays. */
  stop(): void {
    this.#runs.stop();
    this.#drawing.stop();
    this.#view = undefined;
    this.#watch([]);
  }

  /** Runs everything again. */
  reload(): void {
    this.#refusals.clear();
    this.#ask();
  }

  watched(): readonly WatchedExpression[] {
    const [view, state] = [this.#view, this.#state];
    const step = view && state && watchedStep(view, state.stepSeconds);
    if (view === undefined || state === undefined || step === undefined) return [];
    const lengthSeconds = state.window.toSeconds - state.window.fromSeconds;
    const greatest = Math.min(lengthSeconds, greatestPastSteps * step);
    return this.#watched.map((expression) => {
      const graph = state.results.find((result) => result.expression === expression)?.graph;
      const missing = this.#world.serviceNowSeconds() - (graph === undefined ? 0 : endOf(graph)) + overlapSeconds;
      return {
        expression,
        stepSeconds: step,
        historySeconds: view.table ? 0 : Math.max(0, Math.min(greatest, missing)),
      };
    });
  }

  onValues(expression: string, values: GridValues): void {
    if (!this.#watched.includes(expression) || this.#state === undefined) return;
    this.#newer.set(expression, [...(this.#newer.get(expression) ?? []), values]);
    if (this.#isLoading) return;
    if (this.#watched.every((each) => this.#newer.has(each))) this.#takeNewer();
    else this.#drawing.later(() => this.#takeNewer(), togetherMs);
  }

  onEnded(expression: string, reason: string): void {
    this.#refusals.set(expression, reason);
    this.#watch(this.#watched.filter((each) => each !== expression));
    this.#askLater();
  }

  onLost(): void {
    const state = this.#state;
    if (state?.following.kind === "live") this.#publish({ ...state, following: { kind: "opening" } });
  }

  onRefused(reason: string): void {
    for (const expression of this.#watched) this.#refusals.set(expression, reason);
    this.#watch([]);
    this.#askLater();
  }

  #ask({ checksClock } = { checksClock: true }): void {
    const view = this.#view;
    if (view === undefined) return;
    this.#runs.begin((signal) => {
      if (checksClock) void this.#checkClock(signal);
      return this.#run(view, signal);
    });
  }

  /** Asks for everything again if what it was asked for up to is not now. */
  async #checkClock(signal: AbortSignal): Promise<void> {
    const wasWrong = await this.#world.checkClock(signal);
    if (wasWrong && !signal.aborted) this.#ask({ checksClock: false });
  }

  async #run(view: QueryView, signal: AbortSignal): Promise<void> {
    const now = this.#world.serviceNowSeconds();
    const last = { fromSeconds: now - view.liveMinutes * 60, toSeconds: now };
    const window = resolveRange(view.range, now) ?? last;
    const step = view.step > 0 ? view.step : stepSeconds(window, view.pixels, leastStepSeconds);
    const moves = isLive(view.range) || isMoving(view.range);
    const results = view.expressions.map((expression) => loadingResult(expression, this.#state));
    this.#isLoading = true;
    this.#drawing.stop();
    this.#publish({ window, stepSeconds: step, results, following: this.#state?.following ?? { kind: "none" } });
    const question = { ...aligned(window, step), stepSeconds: step };
    const atSeconds = moves ? undefined : window.toSeconds;
    const ask = async (expression: string, index: number): Promise<void> => {
      const change = await answered(this.#world, view.table, { ...question, expression }, atSeconds, signal);
      if (!signal.aborted) this.#put(index, change);
    };
    await Promise.all(view.expressions.map(ask));
    if (signal.aborted) return;
    this.#isLoading = false;
    this.#loadedMs = this.#world.nowMs();
    this.#newestSeconds = Number.NEGATIVE_INFINITY;
    this.#goOn(view, moves);
  }

  /** After the answers: sees to it that newer values come. */
  #goOn(view: QueryView, moves: boolean): void {
    const state = this.#state;
    if (state === undefined) return;
    if (!moves || view.expressions.length === 0) {
      this.#watch([]);
      this.#publish({ ...state, following: { kind: "none" } });
      return;
    }
    const canWatch = watchedStep(view, state.stepSeconds) !== undefined;
    const watched = state.results
      .filter((result) => canWatch && isWatchable(result) && !this.#refusals.has(result.expression))
      .map(({ expression }) => expression);
    const isSame = this.#watch(watched) && state.following.kind === "live";
    const left = state.results.filter(({ expression, isRefused }) => !watched.includes(expression) && !isRefused);
    if (left.length > 0) this.#askLater();
    else if (watched.length === 0) this.#publish({ ...state, following: { kind: "none" } });
    else if (!isSame) this.#publish({ ...state, following: { kind: "opening" } });
    if (this.#newer.size > 0) this.#takeNewer();
  }

  /** Watches these; returns whether they are those that are watched already. */
  #watch(expressions: readonly string[]): boolean {
    const steps = this.#state && this.#view && watchedStep(this.#view, this.#state.stepSeconds);
    const key = expressions.length === 0 ? "" : JSON.stringify([steps, expressions]);
    const isSame = key === this.#key;
    [this.#key, this.#watched] = [key, expressions];
    if (!isSame) this.#newer.clear();
    this.#world.onWatch(key);
    return isSame;
  }

  #takeNewer(): void {
    const [view, state, newer] = [this.#view, this.#state, this.#newer];
    this.#drawing.stop();
    if (view === undefined || state === undefined || newer.size === 0) return;
    this.#newer = new Map();
    this.#newestSeconds = Math.max(this.#newestSeconds, newestSeconds(newer));
    const next = withNewer(state, newer, this.#newestSeconds, view.table);
    const isLive = state.following.kind === "opening";
    this.#publish(isLive ? { ...next, following: { kind: "live" } } : next);
    if (!view.table && leavesGap(state, newer)) this.#fillGap();
  }

  /** Asks for everything again, as soon as that may be. */
  #fillGap(): void {
    const waitMs = Math.min(leastReloadMs, this.#loadedMs + leastReloadMs - this.#world.nowMs());
    if (waitMs > 0) this.#runs.later(() => this.#ask(), waitMs);
    else this.#ask();
  }

  /** Asks for everything again after a while. */
  #askLater(): void {
    const state = this.#state;
    if (state === undefined) return;
    const everyMs = refreshMs(state.stepSeconds);
    const [reason = ""] = this.#refusals.values();
    this.#publish({ ...state, following: { kind: "asking", everyMs, reason } });
    this.#runs.later(() => this.#ask(), everyMs);
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
