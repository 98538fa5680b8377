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
import { chartColumns, chartWindow } from "../state/history.ts";
import { updateView, view } from "../state/view.ts";
import { ChartCard } from "./chart_card.tsx";
import { Filesystems } from "./filesystems.tsx";
import { HistoryNotice } from "./history_notice.tsx";
import type { PlanOf } from "./live_chart.ts";
import { RangeBar } from "./range_bar.tsx";
import { Segments } from "./segments.tsx";

const cpuByMode: PlanOf = (ring) => cpuChart(ring, false);
const cpuByCore: PlanOf = (ring) => cpuChart(ring, true);
const plainCharts: readonly (readonly [string, PlanOf])[] = [
  ["memory", memoryChart],
  ["network", networkChart],
  ["load", loadChart],
  ["pressure", pressureChart],
  ["disk", diskChart],
  ["disk-use", diskUseChart],
];

export function Charts(): JSX.Element {
  return (
    <section aria-label="Charts">
      <RangeBar title="History" window={chartWindow.value} />
      <HistoryNotice />
      <div class="charts">
        <CpuCard />
        {plainCharts.map(([id, planOf]) => (
          <ChartCard key={id} plan={planOf(chartColumns(id))} planOf={planOf} />
        ))}
        <Filesystems />
      </div>
    </section>
  );
}

function CpuCard(): JSX.Element {
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
  return <ChartCard key="cpu" plan={planOf(chartColumns("cpu"))} planOf={planOf} actions={actions} />;
}
