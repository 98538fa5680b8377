// The options of uPlot for a plan. Pure.
import type uPlot from "uplot";
import { formatTimeOfDay } from "../lib/format_time.ts";
import type { ChartPlan } from "./chart_plan.ts";
import { type ChartTheme, colorOf, colorsOf, translucent } from "./palette.ts";
import { formatTick, scaleRange, tickDistances } from "./units.ts";

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

const font = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const syncKey = "syspulse";
const secondsShownBelowSeconds = 180;
/** Between labels; uPlot's own steps jump from one minute to five. */
const timeStepsSeconds = [1, 5, 10, 15, 30, 60, 120, 300, 600] as const;
const valueAxisPixels = 68;
const labelHalfPixels = 24;

/** Options for a chart of this plan. `onCursor` hears of the row below the cursor; `null` when it leaves. */
export function chartOptions(
  plan: ChartPlan,
  theme: ChartTheme,
  size: ChartSize,
  onCursor: (row: number | null) => void,
): uPlot.Options {
  return {
    ...size,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: syncKey, setSeries: false, scales: ["x", null] },
      drag: { x: false, y: false },
      points: { size: 7, width: 1.5 },
    },
    scales: {
      x: { time: true },
      y: { range: (_, least, greatest) => scaleRange(least, greatest, plan.leastTop, plan.fixed) },
    },
    axes: [timeAxis(theme), valueAxis(plan, theme)],
    series: [{}, ...plan.series.map((series) => lineOptions(series, theme))],
    bands: plan.stacked ? bandsOf(plan.series.length) : [],
    hooks: { setCursor: [(chart) => onCursor(chart.cursor.idx ?? null)] },
  };
}

function lineOptions(series: ChartPlan["series"][number], theme: ChartTheme): uPlot.Series {
  const color = colorOf(theme, series.slot);
  return {
    stroke: color,
    width: 1.5,
    points: { show: false },
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
    incrs: [...timeStepsSeconds],
    values: (chart, splits) => {
      const { min = 0, max = 0 } = chart.scales["x"] ?? {};
      // A label that would be cut at the edge is left out.
      const cutSeconds = (labelHalfPixels * (max - min)) / Math.max(1, chart.width - valueAxisPixels);
      return splits.map((seconds) =>
        seconds + cutSeconds > max ? "" : formatTimeOfDay(seconds, showsSeconds(min, max)),
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
