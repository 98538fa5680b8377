// Turns columns into what uPlot draws. Pure.
import type { Columns } from "../lib/columns.ts";
import type { TimeWindow } from "../lib/time_range.ts";
import type { ChartPlan } from "./chart_plan.ts";

/** One value of a line; `null` is a gap. */
export type Point = number | null;

/** The times, and then one column for each series of the plan. */
export type ChartData = [Float64Array, ...Point[][]];

/** The series of the plan from the row before the window on, so that lines reach its left edge. */
export function chartData(past: Columns, plan: ChartPlan, window: TimeWindow): ChartData {
  const from = Math.max(0, past.indexFrom(window.fromSeconds) - 1);
  const columns = plan.series.map(({ name }) => past.column(name, from));
  const lines = plan.stacked ? stack(columns) : columns.map((column) => Array.from(column, toPoint));
  return [past.times(from), ...lines];
}

/**
 * Columns from top to bottom: each line is the sum of its column and those after it. A row of which nothing was measured
 * is a gap in all.
 */
export function stack(columns: readonly Float64Array[]): Point[][] {
  const length = columns[0]?.length ?? 0;
  const sums = new Float64Array(length);
  const measured = new Uint8Array(length);
  for (const column of columns) {
    column.forEach((value, row) => {
      if (!Number.isNaN(value)) measured[row] = 1;
    });
  }
  const bottomUp = [...columns].reverse().map((column) =>
    Array.from(column, (value, row) => {
      sums[row] = (sums[row] ?? 0) + (Number.isNaN(value) ? 0 : value);
      return measured[row] === 1 ? (sums[row] ?? null) : null;
    }),
  );
  return bottomUp.reverse();
}

/** Rows with a value between two gaps: a line has no stretch there, so that they are drawn as points. */
export function isolatedRows(line: ArrayLike<Point | undefined>): number[] {
  const rows: number[] = [];
  for (let row = 0; row < line.length; row++) {
    const alone = (line[row - 1] ?? null) === null && (line[row + 1] ?? null) === null;
    if (alone && (line[row] ?? null) !== null) rows.push(row);
  }
  return rows;
}

function toPoint(value: number): Point {
  return Number.isNaN(value) ? null : value;
}

/** The row that a cursor at `timeSeconds` means, or the newest that is no gap; `undefined` if there is none. */
export function rowAtCursor(past: Columns, timeSeconds: number | undefined): number | undefined {
  if (timeSeconds !== undefined) {
    const index = past.indexFrom(timeSeconds - 1e-6);
    if (index < past.length) return index;
  }
  const { names } = past;
  for (let row = past.length - 1; row > 0; row--) {
    if (names.some((name) => !Number.isNaN(past.at(name, row)))) return row;
  }
  return past.length === 0 ? undefined : 0;
}
