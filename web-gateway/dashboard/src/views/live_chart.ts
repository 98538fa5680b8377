// Keeps one chart as its columns, the theme and the view are: at most once a frame, and only while it is on screen.
import { effect, untracked } from "@preact/signals";
import { type ChartPlan, planKey, withoutHidden } from "../charts/chart_plan.ts";
import { chartData } from "../charts/series_data.ts";
import { TimeChart } from "../charts/time_chart.ts";
import type { Columns } from "../lib/columns.ts";
import type { TimeWindow } from "../lib/time_range.ts";
import { moveCursor } from "../state/cursor.ts";
import { drawSoon, forgetDrawing } from "../state/frames.ts";
import { showWindow, undoZoomOrWiden, zoomTo } from "../state/range.ts";
import { theme } from "../state/theme.ts";
import { view } from "../state/view.ts";

/** Makes the plan from the series that there are now. */
export type PlanOf = (columns: Columns) => ChartPlan;

/** Where a chart gets what it draws. What is read here is followed. */
export interface ChartSource {
  readonly columns: () => Columns;
  readonly window: () => TimeWindow | undefined;
  /** Hears how wide the chart is. */
  readonly onWidth: (pixels: number) => void;
}

/** Charts this close below or above the screen are drawn too: scrolling shows no empty ones. */
const nearScreen = "200px";

/** Draws into `root` until it is destroyed. */
export class LiveChart {
  readonly #root: HTMLElement;
  readonly #source: ChartSource;
  readonly #planOf: PlanOf;
  readonly #watcher: IntersectionObserver;
  readonly #resize: ResizeObserver;
  readonly #unfollow: () => void;
  #chart: TimeChart | undefined;
  /** What the chart was made for; another theme or other series need another chart. */
  #madeFor = "";
  #onScreen = true;

  constructor(root: HTMLElement, source: ChartSource, planOf: PlanOf) {
    this.#root = root;
    this.#source = source;
    this.#planOf = planOf;
    this.#watcher = new IntersectionObserver((entries) => this.#onScroll(entries), { rootMargin: nearScreen });
    this.#watcher.observe(root);
    this.#resize = new ResizeObserver(() => {
      // Elements that leave the page have no width, which is no news about charts.
      if (root.clientWidth > 0) source.onWidth(root.clientWidth);
    });
    this.#resize.observe(root);
    this.#unfollow = effect(() => {
      // All that a drawing depends on.
      void [source.columns(), source.window(), theme.value, view.value.hidden];
      drawSoon(this.#draw);
    });
  }

  destroy(): void {
    this.#unfollow();
    this.#watcher.disconnect();
    this.#resize.disconnect();
    forgetDrawing(this.#draw);
    this.#chart?.destroy();
  }

  #onScroll(entries: readonly IntersectionObserverEntry[]): void {
    this.#onScreen = entries.at(-1)?.isIntersecting ?? true;
    if (this.#onScreen) drawSoon(this.#draw);
  }

  readonly #draw = (): void => {
    const window = untracked(this.#source.window);
    if (!this.#onScreen || window === undefined) return;
    const columns = untracked(this.#source.columns);
    const plan = withoutHidden(this.#planOf(columns), view.peek().hidden);
    this.#chartFor(plan).draw(chartData(columns, plan, window), window);
  };

  #chartFor(plan: ChartPlan): TimeChart {
    const key = `${theme.peek()} ${planKey(plan)}`;
    if (this.#chart !== undefined && key === this.#madeFor) return this.#chart;
    this.#chart?.destroy();
    this.#madeFor = key;
    this.#chart = new TimeChart(this.#root, plan, theme.peek(), {
      onCursor: moveCursor,
      onZoom: zoomTo,
      onPinch: showWindow,
      onZoomUndo: undoZoomOrWiden,
    });
    return this.#chart;
  }
}
