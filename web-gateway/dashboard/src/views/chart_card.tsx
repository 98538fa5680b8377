// One chart with its title and legend. Drawn only while it is on screen.
import { effect } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type ChartPlan, planKey, withoutHidden } from "../charts/chart_plan.ts";
import { chartData, timeWindow } from "../charts/series_data.ts";
import { TimeChart } from "../charts/time_chart.ts";
import type { RingColumns } from "../lib/ring_columns.ts";
import { moveCursor } from "../state/cursor.ts";
import { drawSoon, forgetDrawing } from "../state/frames.ts";
import { chartEndSeconds } from "../state/live.ts";
import { past } from "../state/past.ts";
import { theme } from "../state/theme.ts";
import { view } from "../state/view.ts";
import { ChartLegend } from "./chart_legend.tsx";

/** Makes the plan from the series that there are now. */
export type PlanOf = (ring: RingColumns) => ChartPlan;

export interface ChartCardProps {
  readonly plan: ChartPlan;
  readonly planOf: PlanOf;
  readonly actions?: ComponentChildren;
}

export function ChartCard({ plan, planOf, actions }: ChartCardProps): JSX.Element {
  const canvas = useRef<HTMLDivElement>(null);
  useEffect(() => (canvas.current === null ? undefined : showChart(canvas.current, planOf)), [planOf]);
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

/** Charts this close below or above the screen are drawn too: scrolling shows no empty ones. */
const nearScreen = "200px";

/** Keeps a chart drawn in `root`; returns what ends it. */
function showChart(root: HTMLElement, planOf: PlanOf): () => void {
  let chart: TimeChart | undefined;
  let drawnKey = "";
  let onScreen = true;
  const draw = (): void => {
    const end = chartEndSeconds.peek();
    if (!onScreen || end === undefined) return;
    const { ring } = past.peek();
    const plan = withoutHidden(planOf(ring), view.peek().hidden);
    const key = `${theme.peek()} ${planKey(plan)}`;
    if (key !== drawnKey) {
      chart?.destroy();
      chart = new TimeChart(root, plan, theme.peek(), moveCursor);
      drawnKey = key;
    }
    const window = timeWindow(ring, end, view.peek().range * 60);
    chart?.draw(chartData(ring, plan, window), window);
  };
  const onScroll = (entries: readonly IntersectionObserverEntry[]): void => {
    onScreen = entries.at(-1)?.isIntersecting ?? true;
    if (onScreen) drawSoon(draw);
  };
  const watcher = new IntersectionObserver(onScroll, { rootMargin: nearScreen });
  watcher.observe(root);
  const stop = effect(() => {
    // What a drawing depends on.
    void [past.value, chartEndSeconds.value, theme.value, view.value.hidden, view.value.range];
    drawSoon(draw);
  });
  return () => {
    stop();
    watcher.disconnect();
    forgetDrawing(draw);
    chart?.destroy();
  };
}
