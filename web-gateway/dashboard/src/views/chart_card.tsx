// One chart with its title and legend.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ChartPlan } from "../charts/chart_plan.ts";
import { ChartLegend } from "./chart_legend.tsx";
import { LiveChart, type PlanOf } from "./live_chart.ts";

export interface ChartCardProps {
  readonly plan: ChartPlan;
  readonly planOf: PlanOf;
  readonly actions?: ComponentChildren;
}

export function ChartCard({ plan, planOf, actions }: ChartCardProps): JSX.Element {
  const canvas = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (canvas.current === null) return undefined;
    const chart = new LiveChart(canvas.current, planOf);
    return () => chart.destroy();
  }, [planOf]);
  return (
    <section class="card chart-card" aria-label={plan.title} data-testid={`chart-${plan.id}`}>
      <div class="card-title">
        <h2>{plan.title}</h2>
        {actions}
      </div>
      <div class="chart" ref={canvas} role="img" aria-label={plan.description} />
      <ChartLegend plan={plan} />
    </section>
  );
}
