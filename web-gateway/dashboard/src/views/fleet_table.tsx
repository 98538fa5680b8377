// The list of hosts: sorted and cut by the service, so that it is the same for ten and for ten thousand.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { fleetFilter } from "../lib/fleet_filter.ts";
import type { FleetOrder, FleetView } from "../lib/fleet_view.ts";
import type { HostInfo } from "../lib/model.ts";
import { fleetHosts } from "../state/fleet.ts";
import { updateView, view } from "../state/view.ts";
import { HostRow } from "./fleet_row.tsx";
import { ForgetDialog } from "./forget_host.tsx";
import { type Column, type Sorting, TableHead } from "./table_head.tsx";

const columns: readonly Column<FleetOrder>[] = [
  { order: "state", title: "State", className: "fleet-state" },
  { order: "display_name", title: "Host", className: "fleet-host" },
  { title: "Labels", className: "fleet-labels" },
  { title: "CPU so far", className: "fleet-spark", hint: "Since it is on this page" },
  { order: "cpu.utilization", title: "CPU", className: "fleet-meter" },
  { order: "memory.utilization", title: "Memory", className: "fleet-meter" },
  { order: "load.per_core", title: "Load", className: "fleet-meter", hint: "1 minute; sorted and shown by core" },
  { order: "disk.utilization", title: "Disk", className: "fleet-meter", hint: "The fullest filesystem" },
  { order: "pressure", title: "Pressure", className: "fleet-meter", hint: "The greatest of CPU, memory and I/O" },
];

export function FleetTable(): JSX.Element {
  const list = fleetHosts.value;
  const [leaving, setLeaving] = useState<HostInfo | undefined>(undefined);
  return (
    <div class="table-scroll">
      <table class="process-table fleet-table">
        <TableHead columns={columns} sorting={sortingOf(view.value)} />
        <tbody>
          {list?.rows.map((host) => (
            <HostRow key={host.name} host={host} onForget={() => setLeaving(host)} />
          ))}
        </tbody>
      </table>
      {list?.rows.length !== 0 && list !== undefined ? null : (
        <p class="muted table-none" data-testid="fleet-none">
          {noneText(list !== undefined)}
        </p>
      )}
      {leaving !== undefined && <ForgetDialog host={leaving} onClose={() => setLeaving(undefined)} />}
    </div>
  );
}

function noneText(known: boolean): string {
  if (!known) return "Waiting for the list of hosts";
  return fleetFilter(view.value.fleetText) === "" ? "No host has reported yet" : "No host is such";
}

/** Of hosts one wants the worst first, of names the alphabet. */
function sortingOf({ fleetOrder, fleetDescending }: FleetView): Sorting<FleetOrder> {
  return {
    order: fleetOrder,
    descending: fleetDescending,
    greatestFirst: (order) => order !== "display_name",
    onSort: (order, descending) => updateView({ fleetOrder: order, fleetDescending: descending, fleetPage: 0 }),
    testid: "fleet-sort",
  };
}
