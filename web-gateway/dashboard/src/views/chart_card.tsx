// One chart with its title and legend.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ChartPlan } from "../charts/chart_plan.ts";
import { chartColumns, chartStatus, chartWindow, setChartWidth } from "../state/history.ts";
import { ChartLegend } from "./chart_legend.tsx";
import { type ChartSource, LiveChart, type PlanOf } from "./live_chart.ts";

export interface ChartCardProps {
  readonly plan: ChartPlan;
  readonly planOf: PlanOf;
  readonly actions?: ComponentChildren;
}

function hostSource(id: string): ChartSource {
  return { columns: () => chartColumns(id), window: () => chartWindow.value, onWidth: setChartWidth };
}

export function ChartCard({ plan, planOf, actions }: ChartCardProps): JSX.Element {
  const canvas = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (canvas.current === null) return undefined;
    const chart = new LiveChart(canvas.current, hostSource(plan.id), planOf);
    return () => chart.destroy();
  }, [plan.id, planOf]);
  return (
    <section class="card chart-card" aria-label={plan.title} data-testid={`chart-${plan.id}`}>
      <div class="card-title">
        <h2>{plan.title}</h2>
        {actions}
      </div>
      <div class="chart-frame">
        <div class="chart" ref={canvas} role="img" aria-label={plan.description} />
        <ChartNote id={plan.id} />
      </div>
      <ChartLegend plan={plan} columns={chartColumns(plan.id)} />
    </section>
  );
}

/** What is to be said of a chart that shows a past range, if anything is. */
function ChartNote({ id }: { readonly id: string }): JSX.Element | null {
  const status = chartStatus(id);
  switch (status.kind) {
    case "loading":
      return <p class="chart-note chart-loading">Loading…</p>;
    case "failed":
      return (
        <p class="chart-note chart-failed" role="alert">
          {status.reason}
        </p>
      );
    case "ready":
      return chartColumns(id).length === 0 ? <p class="chart-note">Nothing measured in this range</p> : null;
  }
}
