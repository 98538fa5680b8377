// The shell around one uPlot: made once, fed at most once a frame, as wide as its element.
import uPlot from "uplot";
import type { TimeWindow } from "../lib/time_range.ts";
import { chartOptions } from "./chart_options.ts";
import type { ChartPlan } from "./chart_plan.ts";
import type { ChartTheme } from "./palette.ts";
import type { ChartData } from "./series_data.ts";
import { TouchZoom } from "./touch_zoom.ts";

/** What a chart tells of the user's hand. */
export interface ChartHandlers {
  /** The time below the cursor, in seconds; `undefined` when it leaves. */
  readonly onCursor: (timeSeconds: number | undefined) => void;
  /** A stretch was chosen by dragging across it. */
  readonly onZoom: (window: TimeWindow) => void;
  /** Two fingers chose what is on screen: less, more, or another time. */
  readonly onPinch: (window: TimeWindow) => void;
  /** The chart was double-clicked. */
  readonly onZoomUndo: () => void;
}

/** Draws one plan into `root` until it is destroyed. */
export class TimeChart {
  readonly #chart: uPlot;
  readonly #resize: ResizeObserver;
  readonly #touch: TouchZoom;
  #window: TimeWindow = { fromSeconds: 0, toSeconds: 1 };

  constructor(root: HTMLElement, plan: ChartPlan, theme: ChartTheme, handlers: ChartHandlers) {
    const size = (): { width: number; height: number } => ({ width: root.clientWidth, height: root.clientHeight });
    const empty: uPlot.AlignedData = [[], ...plan.series.map(() => [])];
    // uPlot moves the cursor once while it is made, before there is a chart to ask.
    let made = false;
    const onRow = (row: number | null): void => {
      if (made) handlers.onCursor(row === null ? undefined : this.#chart.data[0][row]);
    };
    const options = chartOptions(plan, theme, size(), { ...handlers, onRow });
    this.#chart = new uPlot(options, empty, root);
    made = true;
    this.#resize = new ResizeObserver(() => this.#chart.setSize(size()));
    this.#resize.observe(root);
    this.#touch = new TouchZoom(this.#chart.over, {
      window: () => this.#window,
      onSelect: (left, width) =>
        this.#chart.setSelect({ left, width, top: 0, height: this.#chart.over.clientHeight }, false),
      onPreview: (window) => this.#show(window ?? this.#window),
      onZoom: handlers.onZoom,
      onPinch: handlers.onPinch,
    });
  }

  draw(data: ChartData, window: TimeWindow): void {
    this.#window = window;
    this.#chart.batch(() => {
      this.#chart.setData(data, false);
      // While fingers hold the chart, they decide.
      if (!this.#touch.isPinching) this.#show(window);
    });
  }

  #show({ fromSeconds, toSeconds }: TimeWindow): void {
    this.#chart.setScale("x", { min: fromSeconds, max: toSeconds });
  }

  destroy(): void {
    this.#resize.disconnect();
    this.#touch.destroy();
    this.#chart.destroy();
  }
}
