// What a chart shows: its series, their order and colours, and the legend. Pure; drawn by time_chart.ts.
import type { ColorSlot } from "./palette.ts";

export type ChartUnit = "ratio" | "decimal" | "bytes" | "bytesPerSecond" | "number";

export interface SeriesPlan {
  /** The column that it is drawn from. */
  readonly name: string;
  /** The legend item that shows and hides it; two series may share one. */
  readonly item: string;
  readonly slot: ColorSlot;
  /** Opacity of the area below the line; 0 = none. */
  readonly fill: number;
  readonly dashed: boolean;
}

export interface LegendItem {
  readonly id: string;
  readonly label: string;
  readonly slot: ColorSlot;
  /** Values to show, with what is put before each, such as an arrow. */
  readonly values: readonly { readonly name: string; readonly prefix: string }[];
}

export interface ChartPlan {
  readonly id: string;
  readonly title: string;
  /** What the chart is about, for those who cannot see it. */
  readonly description: string;
  readonly unit: ChartUnit;
  readonly stacked: boolean;
  /** The least top of the scale; the whole scale where `fixed`. */
  readonly leastTop: number;
  readonly fixed: boolean;
  /** In the order of drawing: later lines lie on earlier ones. Where stacked, from top to bottom. */
  readonly series: readonly SeriesPlan[];
  readonly legend: readonly LegendItem[];
}

/** The plan without the series that the user has hidden; the legend keeps them. */
export function withoutHidden(plan: ChartPlan, hidden: readonly string[]): ChartPlan {
  return { ...plan, series: plan.series.filter(({ item }) => !hidden.includes(item)) };
}

/** Two plans with the same key are drawn by the same chart. */
export function planKey(plan: ChartPlan): string {
  return JSON.stringify([plan.unit, plan.stacked, plan.series]);
}

/** One series with a legend item of its own. */
export interface SingleSeries {
  readonly name: string;
  readonly label: string;
  readonly slot: ColorSlot;
  readonly fill?: number;
  readonly dashed?: boolean;
}

/** Series that each have their own legend item, in the order of drawing; the legend begins with what lies on top. */
export function singles(all: readonly SingleSeries[]): Pick<ChartPlan, "series" | "legend"> {
  return {
    series: all.map(({ name, slot, fill = 0, dashed = false }) => ({ name, item: name, slot, fill, dashed })),
    legend: [...all].reverse().map(({ name, label, slot }) => ({
      id: name,
      label,
      slot,
      values: [{ name, prefix: "" }],
    })),
  };
}
