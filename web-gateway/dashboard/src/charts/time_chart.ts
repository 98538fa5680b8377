// The shell around one uPlot: made once, fed at most once a frame, as wide as its element.
import uPlot from "uplot";
import { chartOptions } from "./chart_options.ts";
import type { ChartPlan } from "./chart_plan.ts";
import type { ChartTheme } from "./palette.ts";
import type { ChartData, TimeWindow } from "./series_data.ts";

/** Draws one plan into `root` until it is destroyed. */
export class TimeChart {
  readonly #chart: uPlot;
  readonly #resize: ResizeObserver;

  /** @param onCursor hears of the time below the cursor, in seconds; `undefined` when it leaves */
  constructor(
    root: HTMLElement,
    plan: ChartPlan,
    theme: ChartTheme,
    onCursor: (timeSeconds: number | undefined) => void,
  ) {
    const size = (): { width: number; height: number } => ({ width: root.clientWidth, height: root.clientHeight });
    const empty: uPlot.AlignedData = [[], ...plan.series.map(() => [])];
    const onRow = (row: number | null): void => onCursor(row === null ? undefined : this.#chart.data[0][row]);
    // uPlot moves the cursor once while it is made, before there is a chart to ask.
    let made = false;
    const options = chartOptions(plan, theme, size(), (row) => made && onRow(row));
    this.#chart = new uPlot(options, empty, root);
    made = true;
    this.#resize = new ResizeObserver(() => this.#chart.setSize(size()));
    this.#resize.observe(root);
  }

  draw(data: ChartData, { fromSeconds, toSeconds }: TimeWindow): void {
    this.#chart.batch(() => {
      this.#chart.setData(data, false);
      this.#chart.setScale("x", { min: fromSeconds, max: toSeconds });
    });
  }

  destroy(): void {
    this.#resize.disconnect();
    this.#chart.destroy();
  }
}
