// Keeps one chart as the past, the theme and the view are: at most once a frame, and only while it is on screen.
import { effect } from "@preact/signals";
import { type ChartPlan, planKey, withoutHidden } from "../charts/chart_plan.ts";
import { chartData, timeWindow } from "../charts/series_data.ts";
import { TimeChart } from "../charts/time_chart.ts";
import type { RingColumns } from "../lib/ring_columns.ts";
import { moveCursor } from "../state/cursor.ts";
import { drawSoon, forgetDrawing } from "../state/frames.ts";
import { chartEndSeconds } from "../state/live.ts";
import { past } from "../state/past.ts";
import { theme } from "../state/theme.ts";
import { view } from "../state/view.ts";

/** Makes the plan from the series that there are now. */
export type PlanOf = (ring: RingColumns) => ChartPlan;

/** Charts this close below or above the screen are drawn too: scrolling shows no empty ones. */
const nearScreen = "200px";

/** Draws into `root` until it is destroyed. */
export class LiveChart {
  readonly #root: HTMLElement;
  readonly #planOf: PlanOf;
  readonly #watcher: IntersectionObserver;
  readonly #unfollow: () => void;
  #chart: TimeChart | undefined;
  /** What the chart was made for; another theme or other series need another chart. */
  #madeFor = "";
  #onScreen = true;

  constructor(root: HTMLElement, planOf: PlanOf) {
    this.#root = root;
    this.#planOf = planOf;
    this.#watcher = new IntersectionObserver((entries) => this.#onScroll(entries), { rootMargin: nearScreen });
    this.#watcher.observe(root);
    this.#unfollow = effect(() => {
      // All that a drawing depends on.
      void [past.value, chartEndSeconds.value, theme.value, view.value.hidden, view.value.range];
      drawSoon(this.#draw);
    });
  }

  destroy(): void {
    this.#unfollow();
    this.#watcher.disconnect();
    forgetDrawing(this.#draw);
    this.#chart?.destroy();
  }

  #onScroll(entries: readonly IntersectionObserverEntry[]): void {
    this.#onScreen = entries.at(-1)?.isIntersecting ?? true;
    if (this.#onScreen) drawSoon(this.#draw);
  }

  readonly #draw = (): void => {
    const end = chartEndSeconds.peek();
    if (!this.#onScreen || end === undefined) return;
    const { ring } = past.peek();
    const plan = withoutHidden(this.#planOf(ring), view.peek().hidden);
    const window = timeWindow(ring, end, view.peek().range * 60);
    this.#chartFor(plan).draw(chartData(ring, plan, window), window);
  };

  #chartFor(plan: ChartPlan): TimeChart {
    const key = `${theme.peek()} ${planKey(plan)}`;
    if (this.#chart !== undefined && key === this.#madeFor) return this.#chart;
    this.#chart?.destroy();
    this.#madeFor = key;
    this.#chart = new TimeChart(this.#root, plan, theme.peek(), moveCursor);
    return this.#chart;
  }
}
