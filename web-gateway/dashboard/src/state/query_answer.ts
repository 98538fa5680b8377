// Asks one expression of the query page once.
import type { RangeAnswer, RangeQuestion } from "../lib/query_model.ts";
import { reasonOf } from "./latest_run.ts";
import type { QueryResult, QueryState, QueryWorld } from "./query_state.ts";

type Asking = Pick<QueryWorld, "queryRange" | "queryInstant" | "isRefusal" | "nowMs">;

/** What is known of an expression stays on screen while it runs again. */
export function loadingResult(expression: string, state: QueryState | undefined): QueryResult {
  const before = state?.results.find((result) => result.expression === expression);
  return {
    expression,
    kind: "loading",
    reason: before?.reason ?? "",
    isRefused: false,
    graph: before?.graph,
    table: before?.table,
    elapsedMs: before?.elapsedMs ?? 0,
  };
}

/** The graph whose moments count: one that answers what is asked now, if there is any yet. */
export function newestGraph(results: readonly QueryResult[]): RangeAnswer | undefined {
  const [ready] = results.flatMap(({ kind, graph }) => (kind === "ready" && graph !== undefined ? [graph] : []));
  return ready ?? results.find(({ graph }) => graph !== undefined)?.graph;
}

/** What the answer changes in the result; never throws. A table is of `atSeconds`, or of now. */
export async function answered(
  world: Asking,
  table: boolean,
  question: RangeQuestion,
  atSeconds: number | undefined,
  signal: AbortSignal,
): Promise<Partial<QueryResult>> {
  const askedMs = world.nowMs();
  try {
    const answer = table
      ? { table: await world.queryInstant(question.expression, atSeconds, signal) }
      : { graph: await world.queryRange(question, signal) };
    return { ...answer, kind: "ready", reason: "", isRefused: false, elapsedMs: world.nowMs() - askedMs };
  } catch (thrown) {
    const failed = { kind: "failed", reason: reasonOf(thrown), isRefused: world.isRefusal(thrown) } as const;
    return { ...failed, graph: undefined, table: undefined, elapsedMs: world.nowMs() - askedMs };
  }
}
