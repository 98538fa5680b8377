// The series of all expressions as lines, with a legend that shows and hides them.
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { greatestLines } from "../charts/query_chart.ts";
import { formatCount } from "../lib/format_ratio.ts";
import { graph, queryState, setGraphWidth } from "../state/query.ts";
import { ChartLegend } from "./chart_legend.tsx";
import { type ChartSource, LiveChart } from "./live_chart.ts";

const source: ChartSource = {
  columns: () => graph.value.columns,
  window: () => queryState.value?.window,
  onWidth: setGraphWidth,
};

export function QueryGraph(): JSX.Element {
  const canvas = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (canvas.current === null) return undefined;
    const chart = new LiveChart(canvas.current, source, () => graph.peek().plan);
    return () => chart.destroy();
  }, []);
  const { plan, columns, seriesCount } = graph.value;
  return (
    <section class="card chart-card query-graph" aria-label="Graph" data-testid="query-graph">
      <div class="chart-frame">
        <div class="chart chart-tall" ref={canvas} role="img" aria-label={plan.description} />
        <GraphNote />
      </div>
      {seriesCount > greatestLines && (
        <p class="banner banner-stale" role="status" data-testid="query-limit">
          The graph shows the first {greatestLines} of {formatCount(seriesCount)} series. Narrow the expression, or ask
          for the greatest with topk().
        </p>
      )}
      {plan.legend.length > 0 && <ChartLegend plan={plan} columns={columns} />}
    </section>
  );
}

/** Why the graph is empty, if it is. */
function GraphNote(): JSX.Element | null {
  const results = queryState.value?.results ?? [];
  if (graph.value.columns.length > 0) return null;
  if (results.length === 0 || results.some(({ kind }) => kind === "loading"))
    return <p class="chart-note chart-loading">Running…</p>;
  if (results.every(({ kind }) => kind === "failed")) return null;
  return <p class="chart-note">No series has values in this range</p>;
}
