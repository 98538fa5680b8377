// The options of uPlot for a plan. Pure.
import type uPlot from "uplot";
import { formatTimeTick } from "../lib/format_time.ts";
import type { TimeWindow } from "../lib/time_range.ts";
import type { ChartPlan } from "./chart_plan.ts";
import { type ChartTheme, colorOf, colorsOf, translucent } from "./palette.ts";
import { isolatedRows } from "./series_data.ts";
import { fittedRange, formatTick, scaleRange, tickDistances } from "./units.ts";

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

const font = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const syncKey = "syspulse";
const secondsShownBelowSeconds = 180;
/** Between labels; uPlot's own steps jump from one minute to five. */
const timeStepsSeconds: readonly number[] = [
  ...[1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800],
  ...[1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 720, 2160, 8760].map((hours) => hours * 3600),
];
const valueAxisPixels = 68;
const labelHalfPixels = 24;

/** A drag that is shorter is a click with an unsteady hand. */
const leastDragPixels = 6;

export interface OptionHandlers {
  /** The cursor is elsewhere, or other values are below it. */
  readonly onCursor: (chart: uPlot) => void;
  readonly onZoom: (window: TimeWindow) => void;
  readonly onZoomUndo: () => void;
}

/** Options for a chart of this plan. */
export function chartOptions(
  plan: ChartPlan,
  theme: ChartTheme,
  size: ChartSize,
  handlers: OptionHandlers,
): uPlot.Options {
  return {
    ...size,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: cursorOptions(handlers),
    scales: {
      x: { time: true },
      y: {
        range: (_, least, greatest) =>
          plan.unit === "number"
            ? fittedRange(least, greatest)
            : scaleRange(least, greatest, plan.leastTop, plan.fixed),
      },
    },
    axes: [timeAxis(theme), valueAxis(plan, theme)],
    series: [{}, ...plan.series.map((series) => lineOptions(series, theme))],
    bands: plan.stacked ? bandsOf(plan.series.length) : [],
    hooks: {
      setCursor: [handlers.onCursor],
      setSelect: [(chart) => zoom(chart, handlers)],
    },
  };
}

function cursorOptions({ onZoomUndo }: OptionHandlers): uPlot.Cursor {
  return {
    sync: {
      key: syncKey,
      setSeries: false,
      scales: ["x", null],
      // All charts follow the cursor; the stretch that is dragged across stands in one.
      filters: { pub: (type) => type === "mousemove" || type === "mouseleave" },
    },
    drag: { x: true, y: false, setScale: false, dist: leastDragPixels },
    bind: {
      dblclick: () => () => {
        onZoomUndo();
        return null;
      },
    },
    points: { size: 7, width: 1.5 },
  };
}

function zoom(chart: uPlot, { onZoom }: OptionHandlers): void {
  const { left, width } = chart.select;
  if (width < leastDragPixels) return;
  onZoom({ fromSeconds: chart.posToVal(left, "x"), toSeconds: chart.posToVal(left + width, "x") });
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}

function lineOptions(series: ChartPlan["series"][number], theme: ChartTheme): uPlot.Series {
  const color = colorOf(theme, series.slot);
  return {
    stroke: color,
    width: 1.5,
    points: { show: true, filter: (chart, index) => isolatedRows(chart.data[index] ?? []), size: 3, fill: color },
    spanGaps: false,
    ...(series.fill > 0 ? { fill: translucent(color, series.fill) } : {}),
    ...(series.dashed ? { dash: [5, 4] } : {}),
  };
}

function showsSeconds(fromSeconds: number, toSeconds: number): boolean {
  return toSeconds - fromSeconds <= secondsShownBelowSeconds;
}

/** In a stack, the area of each line ends at the line below. */
function bandsOf(count: number): uPlot.Band[] {
  return Array.from({ length: Math.max(0, count - 1) }, (_, index) => ({ series: [index + 1, index + 2] }));
}

function timeAxis(theme: ChartTheme): uPlot.Axis {
  const { axis } = colorsOf(theme);
  return {
    stroke: axis,
    font,
    size: 26,
    gap: 6,
    space: (_chart, _axis, min, max) => (showsSeconds(min, max) ? 72 : 52),
    grid: { show: false },
    ticks: { show: false },
    // Where seconds are not shown, labels that differ by seconds look the same.
    incrs: (_chart, _axis, min, max) => timeStepsSeconds.filter((step) => step >= 60 || showsSeconds(min, max)),
    values: (chart, splits) => {
      const { min = 0, max = 0 } = chart.scales["x"] ?? {};
      // A label that would be cut at the edge is left out.
      const cutSeconds = (labelHalfPixels * (max - min)) / Math.max(1, chart.width - valueAxisPixels);
      return splits.map((seconds) =>
        seconds + cutSeconds > max ? "" : formatTimeTick(seconds, showsSeconds(min, max)),
      );
    },
  };
}

function valueAxis(plan: ChartPlan, theme: ChartTheme): uPlot.Axis {
  const { axis, grid } = colorsOf(theme);
  const distances = tickDistances(plan.unit);
  return {
    stroke: axis,
    font,
    size: valueAxisPixels,
    gap: 6,
    space: 34,
    grid: { stroke: grid, width: 1 },
    ticks: { show: false },
    values: (_, splits) => splits.map((value) => formatTick(plan.unit, value)),
    ...(distances === undefined ? {} : { incrs: distances }),
  };
}
