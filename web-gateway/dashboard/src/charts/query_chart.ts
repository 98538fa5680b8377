// The graph of expressions: their series as lines on one grid. Pure.
import type { Columns } from "../lib/columns.ts";
import { GridColumns, noColumns } from "../lib/grid_columns.ts";
import { type Moments, valuesAt } from "../lib/live_grid.ts";
import type { RangeAnswer } from "../lib/query_model.ts";
import { seriesText } from "../lib/series_text.ts";
import { type ChartPlan, type SingleSeries, singles } from "./chart_plan.ts";

/** More lines than this are neither told apart nor drawn fast. */
export const greatestLines = 100;
const colorCount = 8;
/** Ids of series of expressions begin so; those of a host's charts do not. */
const idPrefix = "q";

/** The answer to one of the expressions; `undefined` while there is none. */
export type Answers = readonly (RangeAnswer | undefined)[];

export interface QueryChart {
  readonly plan: ChartPlan;
  readonly columns: Columns;
  /** How many series there are; more than are drawn, perhaps. */
  readonly seriesCount: number;
  readonly slots: LineSlots;
}

export function isQuerySeries(id: string): boolean {
  return id.startsWith(idPrefix);
}

/** The places in the row of colours, by the name of the line. */
export type LineSlots = ReadonlyMap<string, number>;

/** Lines that were there before keep their places; new ones take the first that are free. */
export function lineSlots(names: readonly string[], before: LineSlots): LineSlots {
  const kept = new Map(names.flatMap((name) => (before.has(name) ? [[name, before.get(name) ?? 0]] : [])));
  const taken = new Set(kept.values());
  let free = 0;
  for (const name of names) {
    if (kept.has(name)) continue;
    while (taken.has(free)) free++;
    taken.add(free);
    kept.set(name, free);
  }
  return kept;
}

/**
 * @param before the places of the lines that are on screen, so that none changes its colour while time goes on
 * @param grid the moments that are drawn. Lines of other answers are there at their own times as far as these are among
 * the moments; without any they stay in the legend, until the next answer.
 */
export function queryChart(answers: Answers, before: LineSlots = new Map(), grid = firstOf(answers)): QueryChart {
  const all = answers.flatMap((answer, index) => linesOf(answer, index, answers.length > 1));
  const drawn = all.slice(0, greatestLines);
  const slots = lineSlots(
    drawn.map(({ name }) => name),
    before,
  );
  const lines: SingleSeries[] = drawn.map(({ name, label }) => {
    const slot = slots.get(name) ?? 0;
    return { name, label, slot: slot % colorCount, dashed: slot % (2 * colorCount) >= colorCount };
  });
  return {
    plan: planOf(lines),
    columns:
      grid === undefined
        ? noColumns
        : new GridColumns(
            { startSeconds: grid.startSeconds, stepSeconds: grid.stepSeconds, count: grid.stepCount },
            new Map(drawn.map(({ name, answer, values }) => [name, valuesAt(grid, answer, values)])),
          ),
    seriesCount: all.length,
    slots,
  };
}

interface Line {
  readonly name: string;
  readonly label: string;
  /** Whose moments the values are at. */
  readonly answer: RangeAnswer;
  readonly values: Float64Array;
}

function firstOf(answers: Answers): Moments | undefined {
  return answers.find((answer) => answer !== undefined);
}

function linesOf(answer: RangeAnswer | undefined, index: number, several: boolean): readonly Line[] {
  if (answer === undefined) return [];
  const letter = letterOf(index);
  return answer.series.map(({ labels, values }) => {
    const text = seriesText(labels);
    return { name: `${idPrefix}${letter}:${text}`, label: several ? `${letter} ${text}` : text, answer, values };
  });
}

/** A, B, C: what the page calls the expressions. */
export function letterOf(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}

function planOf(lines: readonly SingleSeries[]): ChartPlan {
  return {
    id: "query",
    title: "Graph",
    description: "Values of the expressions over time",
    unit: "number",
    stacked: false,
    leastTop: 0,
    fixed: false,
    ...singles([...lines].reverse()),
  };
}
