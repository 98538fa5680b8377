// How the values of a chart are written, and where its scale has ticks.
import { formatBytes, formatBytesPerSecond } from "../lib/format_bytes.ts";
import { formatNumber } from "../lib/format_number.ts";
import { formatDecimal, formatPercent } from "../lib/format_ratio.ts";
import type { ChartUnit } from "./chart_plan.ts";

/** A value in a legend. What goes out is negative in its column and reads as what it is. */
export function formatValue(unit: ChartUnit, value: number): string {
  if (Number.isNaN(value)) return "–";
  switch (unit) {
    case "ratio":
      return formatPercent(value);
    case "decimal":
      return formatDecimal(value);
    case "bytes":
      return formatBytes(value);
    case "bytesPerSecond":
      return formatBytesPerSecond(Math.abs(value));
    case "number":
      return formatNumber(value);
  }
}

/** A tick of an axis: as short as its value allows. */
export function formatTick(unit: ChartUnit, value: number): string {
  switch (unit) {
    case "ratio":
      return `${Number((value * 100).toFixed(2))} %`;
    case "decimal":
      return String(Number(value.toFixed(3)));
    case "number":
      return formatNumber(value);
    case "bytes":
    case "bytesPerSecond": {
      const text = formatBytes(Math.abs(value))
        .replace(/(\.\d*?)0+(?= )/, "$1")
        .replace(". ", " ");
      return unit === "bytes" || value === 0 ? text : `${text}/s`;
    }
  }
}

/** The distances between ticks to choose from; `undefined` = the usual decimal ones. */
export function tickDistances(unit: ChartUnit): number[] | undefined {
  if (unit !== "bytes" && unit !== "bytesPerSecond") return undefined;
  return Array.from({ length: 60 }, (_, power) => 2 ** power);
}

/** The scale for values from `least` to `greatest`: from zero or mirrored around it, with some air. */
export function scaleRange(
  least: number | null,
  greatest: number | null,
  leastTop: number,
  fixed: boolean,
): [number, number] {
  if (fixed) return [0, leastTop];
  const air = 1.06;
  const top = Math.max(leastTop, (greatest ?? 0) * air);
  return [(least ?? 0) < 0 ? Math.min(-leastTop, (least ?? 0) * air) : 0, top];
}

/** The scale for values of which nothing is known: with zero if that is near, with some air. */
export function fittedRange(least: number | null, greatest: number | null): [number, number] {
  if (least === null || greatest === null) return [0, 1];
  if (least === greatest) return least === 0 ? [0, 1] : least > 0 ? [0, least * 2] : [least * 2, 0];
  const air = (greatest - least) * 0.06;
  const bottom = least >= 0 && least < greatest / 2 ? 0 : least - air;
  const top = greatest <= 0 && greatest > least / 2 ? 0 : greatest + air;
  return [bottom, top];
}
