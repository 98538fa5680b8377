// What becomes of the answers on the query page when newer values come. Pure.
import { endOf, momentsUpTo, movedTo, tableAt } from "../lib/live_grid.ts";
import type { GridValues } from "../lib/query_model.ts";
import type { QueryResult, QueryState, QueryView } from "./query_state.ts";

/** Values by expression, oldest first. */
export type NewerValues = ReadonlyMap<string, readonly GridValues[]>;

/** What the service takes as a step of an expression that is watched. */
const leastStepSeconds = 0.1;
const greatestStepSeconds = 3600;
/** A table has no step of its own. */
const tableStepSeconds = 1;

/** The step of the values to watch; `undefined` if it is none that can be watched. */
export function watchedStep(view: QueryView, stepSeconds: number): number | undefined {
  const step = view.table ? tableStepSeconds : stepSeconds;
  return step >= leastStepSeconds && step <= greatestStepSeconds ? step : undefined;
}

/** Whether the service can send more of it: strings and ranges have no values over time. */
export function isWatchable({ kind, graph, table }: QueryResult): boolean {
  if (kind !== "ready") return false;
  return graph !== undefined || table?.value.kind === "scalar" || table?.value.kind === "vector";
}

/** When the newest of these values is. */
export function newestSeconds(newer: NewerValues): number {
  return Math.max(...[...newer.values()].flat().map(endOf));
}

/** Whether moments are missing between what is on screen and what came. */
export function leavesGap({ results }: QueryState, newer: NewerValues): boolean {
  return results.some(({ expression, graph }) => {
    const [first] = newer.get(expression) ?? [];
    return graph !== undefined && first !== undefined && first.startSeconds > endOf(graph) + 1.5 * graph.stepSeconds;
  });
}

/** The state with newer values laid over it. All graphs end at the same moment, and so does the window. */
export function withNewer(state: QueryState, newer: NewerValues, endSeconds: number, table: boolean): QueryState {
  if (table) {
    return { ...state, results: state.results.map((result) => withNewerTable(result, newer.get(result.expression))) };
  }
  const lengthSeconds = state.window.toSeconds - state.window.fromSeconds;
  const moments = momentsUpTo(endSeconds, state.stepSeconds, lengthSeconds);
  const results = state.results.map((result) =>
    result.graph === undefined
      ? result
      : { ...result, graph: movedTo(moments, result.graph, newer.get(result.expression) ?? []) },
  );
  return { ...state, results, window: { fromSeconds: endSeconds - lengthSeconds, toSeconds: endSeconds } };
}

function withNewerTable(result: QueryResult, newer: readonly GridValues[] | undefined): QueryResult {
  const values = newer?.at(-1);
  if (values === undefined || result.table === undefined) return result;
  return { ...result, table: tableAt(result.expression, result.table, values) };
}
