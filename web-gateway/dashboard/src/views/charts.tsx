// The charts of the host on screen.
import type { JSX } from "preact";
import {
  cpuChart,
  diskChart,
  diskUseChart,
  loadChart,
  memoryChart,
  networkChart,
  pressureChart,
} from "../charts/host_charts.ts";
import { formatTimeOfDay } from "../lib/format_time.ts";
import type { RingColumns } from "../lib/ring_columns.ts";
import { rangeMinutes } from "../lib/url_state.ts";
import { cursorSeconds } from "../state/cursor.ts";
import { past } from "../state/past.ts";
import { updateView, view } from "../state/view.ts";
import { ChartCard } from "./chart_card.tsx";
import { Filesystems } from "./filesystems.tsx";
import type { PlanOf } from "./live_chart.ts";
import { Segments } from "./segments.tsx";

const cpuByMode: PlanOf = (ring) => cpuChart(ring, false);
const cpuByCore: PlanOf = (ring) => cpuChart(ring, true);
const plainCharts: readonly PlanOf[] = [memoryChart, networkChart, loadChart, pressureChart, diskChart, diskUseChart];

export function Charts(): JSX.Element {
  const { ring } = past.value;
  return (
    <section aria-label="Charts">
      <ChartsBar />
      <div class="charts">
        <CpuCard ring={ring} />
        {plainCharts.map((planOf) => {
          const plan = planOf(ring);
          return <ChartCard key={plan.id} plan={plan} planOf={planOf} />;
        })}
        <Filesystems />
      </div>
    </section>
  );
}

function CpuCard({ ring }: { readonly ring: RingColumns }): JSX.Element {
  const { perCore } = view.value;
  const planOf = perCore ? cpuByCore : cpuByMode;
  const choose = (value: string): void => updateView({ perCore: value === "cores" });
  const actions = (
    <Segments
      label="CPU by"
      choices={[
        { value: "modes", text: "Modes" },
        { value: "cores", text: "Cores" },
      ]}
      chosen={perCore ? "cores" : "modes"}
      onChoose={choose}
    />
  );
  return <ChartCard key="cpu" plan={planOf(ring)} planOf={planOf} actions={actions} />;
}

function ChartsBar(): JSX.Element {
  const seconds = cursorSeconds.value;
  return (
    <div class="section-title">
      <h2>History</h2>
      <span class="muted cursor-time">{seconds === undefined ? "" : formatTimeOfDay(seconds)}</span>
      <Segments
        label="Time shown"
        choices={rangeMinutes.map((minutes) => ({ value: String(minutes), text: `${minutes} min` }))}
        chosen={String(view.value.range)}
        onChoose={(value) => updateView({ range: Number(value) })}
      />
    </div>
  );
}
