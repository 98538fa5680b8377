// Fills the charts of a past range: asks one question for each chart, and again while the range moves on with now.
import { columnsOf, type HistoryQuery, historyQueries } from "../charts/history_queries.ts";
import type { Columns } from "../lib/columns.ts";
import { GridColumns } from "../lib/grid_columns.ts";
import type { RangeAnswer, RangeQuestion } from "../lib/query_model.ts";
import { aligned, refreshMs, stepSeconds } from "../lib/query_step.ts";
import { isMoving, resolveRange, type TimeRange, type TimeWindow } from "../lib/time_range.ts";
import { LatestRun, reasonOf } from "./latest_run.ts";

/** What the charts are to show. */
export interface HistoryView {
  /** The host, as the label `instance` names it. */
  readonly instance: string;
  readonly range: TimeRange;
  readonly perCore: boolean;
  /** The width of a chart. */
  readonly pixels: number;
  readonly intervalSeconds: number;
}

export type ChartStatus =
  | { readonly kind: "loading" }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly reason: string };

export interface HistoryState {
  readonly window: TimeWindow;
  readonly stepSeconds: number;
  /** By the chart's id. Columns of the range before stay until those of this one come. */
  readonly columns: ReadonlyMap<string, Columns>;
  readonly statuses: ReadonlyMap<string, ChartStatus>;
  /** When the host's history begins, if none of it is in the range: `undefined` = not known yet, or nothing is kept. */
  readonly beginsSeconds: number | undefined;
}

/** What the feed needs of the world; tests give their own. */
export interface HistoryWorld {
  readonly queryRange: (question: RangeQuestion, signal: AbortSignal) => Promise<RangeAnswer>;
  /** Now, by the service's clock as far as that is known. */
  readonly nowSeconds: () => number;
  /** Asks the service what time it is; whether `nowSeconds` was wrong until then. */
  readonly checkClock: (signal: AbortSignal) => Promise<boolean>;
  readonly onState: (state: HistoryState) => void;
  /** Calls back after a while; returns what takes that back. */
  readonly setTimer: (callback: () => void, delayMs: number) => () => void;
}

/** Browsers open six connections to one origin, and one is the live stream's. */
const questionsAtOnce = 4;
const daySeconds = 86_400;
const greatestHistoryDays = 400;
const fineStepSeconds = 300;

export class HistoryFeed {
  readonly #world: HistoryWorld;
  readonly #runs: LatestRun;
  #view: HistoryView | undefined;
  #state: HistoryState | undefined;

  constructor(world: HistoryWorld) {
    this.#world = world;
    this.#runs = new LatestRun(world.setTimer);
  }

  /** Shows another range, host or width, from now on. */
  show(view: HistoryView): void {
    if (view.instance !== this.#view?.instance) this.#state = undefined;
    this.#view = view;
    this.reload();
  }

  /** Forgets all and asks for nothing any more. */
  stop(): void {
    this.#runs.stop();
    this.#view = undefined;
    this.#state = undefined;
  }

  /** Asks for everything again. */
  reload(): void {
    this.#start({ checksClock: true });
  }

  #start({ checksClock }: { readonly checksClock: boolean }): void {
    const view = this.#view;
    if (view === undefined) return;
    const window = resolveRange(view.range, this.#world.nowSeconds());
    if (window === undefined) {
      this.#runs.stop();
      return;
    }
    this.#runs.begin((signal) => {
      if (checksClock) void this.#checkClock(signal);
      return this.#load(view, window, signal);
    });
  }

  /** Asks for everything again if what it was asked for up to is not now. */
  async #checkClock(signal: AbortSignal): Promise<void> {
    const wasWrong = await this.#world.checkClock(signal);
    if (wasWrong && !signal.aborted) this.#start({ checksClock: false });
  }

  async #load(view: HistoryView, window: TimeWindow, signal: AbortSignal): Promise<void> {
    const { instance, intervalSeconds, pixels } = view;
    const step = stepSeconds(window, pixels, intervalSeconds);
    const queries = historyQueries({ instance, stepSeconds: step, intervalSeconds }, view.perCore);
    this.#begin(window, step, queries);
    const grid = aligned(window, step);
    const question = { ...grid, stepSeconds: step };
    await inTurn(queries, (query) => this.#ask(query, question, signal));
    if (signal.aborted) return;
    if (this.#isEmpty()) await this.#findBegin(instance, signal);
    if (signal.aborted || !isMoving(view.range)) return;
    this.#runs.later(() => this.reload(), refreshMs(step));
  }

  #begin(window: TimeWindow, step: number, queries: readonly HistoryQuery[]): void {
    const before = this.#state;
    // A refresh of what is on screen is no news; a failure stays on screen until an answer takes its place.
    const refreshed = before !== undefined && before.stepSeconds === step && near(before.window, window, step);
    const statuses = queries.map(({ chart }): [string, ChartStatus] => [
      chart,
      (refreshed ? before.statuses.get(chart) : undefined) ?? { kind: "loading" },
    ]);
    this.#publish({
      window,
      stepSeconds: step,
      columns: before?.columns ?? new Map(),
      statuses: new Map(statuses),
      beginsSeconds: refreshed ? before.beginsSeconds : undefined,
    });
  }

  async #ask(query: HistoryQuery, window: Omit<RangeQuestion, "expression">, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    try {
      const answer = await this.#world.queryRange({ expression: query.expression, ...window }, signal);
      if (signal.aborted) return;
      const { startSeconds, stepCount: count } = answer;
      const grid = { startSeconds, stepSeconds: answer.stepSeconds, count };
      this.#put(query.chart, { kind: "ready" }, new GridColumns(grid, columnsOf(query, answer)));
    } catch (thrown) {
      if (signal.aborted) return;
      this.#put(query.chart, { kind: "failed", reason: reasonOf(thrown) }, undefined);
    }
  }

  #put(chart: string, status: ChartStatus, columns: Columns | undefined): void {
    const state = this.#state;
    if (state === undefined) return;
    const statuses = new Map(state.statuses).set(chart, status);
    const all = columns === undefined ? state.columns : new Map(state.columns).set(chart, columns);
    this.#publish({ ...state, statuses, columns: all });
  }

  #isEmpty(): boolean {
    const state = this.#state;
    if (state === undefined) return false;
    const answered = [...state.statuses.values()].every(({ kind }) => kind === "ready");
    return answered && [...state.columns.values()].every(({ length }) => length === 0);
  }

  /** Looks for the first day of which something is kept, and there for the first five minutes. */
  async #findBegin(instance: string, signal: AbortSignal): Promise<void> {
    const now = this.#world.nowSeconds();
    try {
      const day = await this.#first(instance, now - greatestHistoryDays * daySeconds, now, daySeconds, signal);
      if (day === undefined || signal.aborted) return;
      const begin = await this.#first(instance, day - daySeconds, day, fineStepSeconds, signal);
      if (signal.aborted || this.#state === undefined || begin === undefined) return;
      this.#publish({ ...this.#state, beginsSeconds: begin - fineStepSeconds });
    } catch {
      // The charts say that nothing is there; since when would only have been more helpful.
    }
  }

  async #first(
    instance: string,
    fromSeconds: number,
    toSeconds: number,
    step: number,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const expression = `present_over_time(node_load1{instance=${JSON.stringify(instance)}}[${step}s])`;
    const window = { fromSeconds: toSeconds - Math.ceil((toSeconds - fromSeconds) / step) * step, toSeconds };
    const answer = await this.#world.queryRange({ expression, ...window, stepSeconds: step }, signal);
    const row = answer.series[0]?.values.findIndex((value) => !Number.isNaN(value)) ?? -1;
    return row < 0 ? undefined : answer.startSeconds + row * answer.stepSeconds;
  }

  #publish(state: HistoryState): void {
    this.#state = state;
    this.#world.onState(state);
  }
}

/** Whether a window is another by no more than a few steps: the same range, a moment later. */
function near(a: TimeWindow, b: TimeWindow, step: number): boolean {
  const slack = 4 * Math.max(step, 5);
  const differs = Math.abs(b.toSeconds - b.fromSeconds - (a.toSeconds - a.fromSeconds)) > 1;
  return !differs && Math.abs(b.toSeconds - a.toSeconds) <= slack;
}

/** Runs all tasks, a few at a time, in their order. */
async function inTurn<Task>(tasks: readonly Task[], run: (task: Task) => Promise<void>): Promise<void> {
  const waiting = [...tasks];
  const worker = async (): Promise<void> => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) await run(task);
  };
  await Promise.all(Array.from({ length: questionsAtOnce }, worker));
}
