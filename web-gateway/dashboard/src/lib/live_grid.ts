// Grids that grow at their end while time goes on: what the query page shows of expressions that it watches. Pure.
import type { GridSeries, GridValues, InstantAnswer, RangeAnswer, VectorRow } from "./query_model.ts";
import { seriesText } from "./series_text.ts";

/** The moments of a grid. */
export interface Moments {
  readonly startSeconds: number;
  readonly stepSeconds: number;
  readonly stepCount: number;
}

/** When the last moment of a grid is. */
export function endOf({ startSeconds, stepSeconds, stepCount }: Moments): number {
  return startSeconds + (stepCount - 1) * stepSeconds;
}

/** Moments with the same step that end at another time and are so many seconds long, at most. */
export function momentsUpTo(endSeconds: number, stepSeconds: number, lengthSeconds: number): Moments {
  const stepCount = Math.floor(lengthSeconds / stepSeconds + 1e-6) + 1;
  return { startSeconds: endSeconds - (stepCount - 1) * stepSeconds, stepSeconds, stepCount };
}

/**
 * The answer at other moments of the same step, with newer values laid over it. Series without a value at any of the
 * moments are left out; those that are new come last, so that the others keep their colours.
 */
export function movedTo(moments: Moments, answer: RangeAnswer, newer: readonly GridValues[]): RangeAnswer {
  const rows = new Map<string, GridSeries>();
  for (const part of [answer, ...newer]) {
    const shift = shiftOf(part, moments);
    for (const { labels, values } of part.series) {
      const key = seriesText(labels);
      const row = rows.get(key) ?? { labels, values: new Float64Array(moments.stepCount).fill(Number.NaN) };
      rows.set(key, row);
      copyShifted(values, row.values, shift);
    }
  }
  const series = [...rows.values()].filter(({ values }) => !values.every(Number.isNaN));
  const notes = newer.at(-1)?.notes ?? answer.notes;
  return { ...answer, ...moments, series, notes };
}

/** The values of a grid at the moments of another; none where it has none, or where it has another step. */
export function valuesAt(moments: Moments, grid: Moments, values: Float64Array): Float64Array {
  const row = new Float64Array(moments.stepCount).fill(Number.NaN);
  const isSameStep = Math.abs(grid.stepSeconds - moments.stepSeconds) < 1e-6 * moments.stepSeconds;
  if (isSameStep) copyShifted(values, row, shiftOf(grid, moments));
  return row;
}

/** How many moments later a grid begins than another. */
function shiftOf(grid: Moments, { startSeconds, stepSeconds }: Moments): number {
  return Math.round((grid.startSeconds - startSeconds) / stepSeconds);
}

/** Copies values to rows that are `shift` further on; what falls off either end is left out. */
function copyShifted(from: Float64Array, to: Float64Array, shift: number): void {
  const first = Math.max(0, -shift);
  const last = Math.min(from.length, to.length - shift);
  if (first < last) to.set(from.subarray(first, last), first + shift);
}

/** The values of a table at the last moment of a grid. Rows stay in their places; new ones come last. */
export function tableAt(expression: string, table: InstantAnswer, values: GridValues): InstantAnswer {
  const timeSeconds = endOf(values);
  const newest = values.series.map(({ labels, values: column }) => ({ labels, value: column.at(-1) ?? Number.NaN }));
  if (table.value.kind === "scalar") {
    const value = newest[0]?.value ?? Number.NaN;
    return { ...table, timeSeconds, notes: values.notes, value: { kind: "scalar", value } };
  }
  const before = table.value.kind === "vector" ? table.value.rows : [];
  const rows = sorted(expression, inPlace(before, newest));
  return { ...table, timeSeconds, notes: values.notes, value: { kind: "vector", rows } };
}

function inPlace(before: readonly VectorRow[], newest: readonly VectorRow[]): readonly VectorRow[] {
  const left = new Map(newest.map((row) => [seriesText(row.labels), row]));
  const kept = before.flatMap(({ labels }) => {
    const key = seriesText(labels);
    const row = left.get(key);
    left.delete(key);
    return row === undefined ? [] : [row];
  });
  return [...kept, ...left.values()];
}

/** Values of these come by size, and a grid does not say so. Groups of `by` and `without` have an order each. */
const ordering = /^\s*(sort|sort_desc|topk|bottomk)\s*\(/;

function sorted(expression: string, rows: readonly VectorRow[]): readonly VectorRow[] {
  const name = ordering.exec(expression)?.[1];
  if (name === undefined) return rows;
  const sign = name === "sort_desc" || name === "topk" ? -1 : 1;
  // What is no number comes last, whichever the direction.
  const rank = ({ value }: VectorRow): number => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : sign * value);
  return [...rows].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
}
