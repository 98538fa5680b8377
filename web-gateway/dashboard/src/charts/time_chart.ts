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
  readonly #handlers: ChartHandlers;
  #saidCursor = false;
  #window: TimeWindow = { fromSeconds: 0, toSeconds: 1 };

  constructor(root: HTMLElement, plan: ChartPlan, theme: ChartTheme, handlers: ChartHandlers) {
    this.#handlers = handlers;
    const size = (): { width: number; height: number } => ({ width: root.clientWidth, height: root.clientHeight });
    const empty: uPlot.AlignedData = [[], ...plan.series.map(() => [])];
    const onCursor = (chart: uPlot): void => this.#onCursor(chart);
    this.#chart = new uPlot(chartOptions(plan, theme, size(), { ...handlers, onCursor }), empty, root);
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

  /** All charts follow one cursor: one without values there says nothing, and only one that said so tells that it left. */
  #onCursor({ cursor, data }: uPlot): void {
    const isInside = (cursor.left ?? -1) >= 0;
    const timeSeconds = isInside && cursor.idx != null ? data[0][cursor.idx] : undefined;
    if (timeSeconds !== undefined) this.#handlers.onCursor(timeSeconds);
    else if (isInside || !this.#saidCursor) return;
    else this.#handlers.onCursor(undefined);
    this.#saidCursor = timeSeconds !== undefined;
  }

  #show({ fromSeconds, toSeconds }: TimeWindow): void {
    this.#chart.setScale("x", { min: fromSeconds, max: toSeconds });
  }

  destroy(): void {
    this.#resize.disconnect();
    this.#touch.destroy();
    this.#chart.destroy();
    if (this.#saidCursor) this.#handlers.onCursor(undefined);
  }
}
