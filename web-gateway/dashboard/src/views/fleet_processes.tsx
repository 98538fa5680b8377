// The processes of all hosts that use most of something, merged by the service.
import type { JSX } from "preact";
import { type FleetProcessOrder, fleetProcessOrders } from "../lib/fleet_view.ts";
import { formatBytes, formatBytesPerSecond } from "../lib/format_bytes.ts";
import { formatCount, formatPercent } from "../lib/format_ratio.ts";
import type { ProcessRow } from "../lib/model.ts";
import { fleetProcesses, labelOf } from "../state/fleet.ts";
import { updateView, view } from "../state/view.ts";
import { HostLink } from "./host_link.tsx";
import { Segments } from "./segments.tsx";
import { type Column, TableHead } from "./table_head.tsx";

const orderTexts: Readonly<Record<FleetProcessOrder, string>> = {
  cpu_utilization_ratio: "CPU",
  resident_bytes: "Memory",
  io_bytes_per_second: "I/O",
};

const columns: readonly Column[] = [
  { title: "Host", className: "fleet-process-host" },
  { title: "PID", className: "col-pid number" },
  { title: "User", className: "col-user" },
  { title: "Command", className: "col-command" },
  { title: "CPU", className: "col-cpu number" },
  { title: "Memory", className: "col-memory number" },
  { title: "Read", className: "col-read number" },
  { title: "Write", className: "col-write number" },
];

export function FleetProcesses(): JSX.Element {
  const table = fleetProcesses.value;
  return (
    <section class="card processes" aria-label="Processes of all hosts" data-testid="fleet-processes">
      <div class="card-title processes-title">
        <h2>Processes of all hosts</h2>
        <span class="muted">{table === undefined ? "" : formatCount(table.processCount)}</span>
        <span class="header-space" />
        <Segments
          label="Those that use most"
          testid="fleet-top"
          choices={fleetProcessOrders.map((order) => ({ value: order, text: orderTexts[order] }))}
          chosen={view.value.fleetProcesses}
          onChoose={(value) => updateView({ fleetProcesses: value as FleetProcessOrder })}
        />
      </div>
      <div class="table-scroll">
        <table class="process-table fleet-process-table">
          <TableHead columns={columns} />
          <tbody>
            {table?.rows.map((row) => (
              <Row key={`${row.hostId} ${row.key}`} row={row} />
            ))}
          </tbody>
        </table>
        {(table?.rows.length ?? 0) === 0 && <p class="muted table-none">No processes reported yet</p>}
      </div>
    </section>
  );
}

function Row({ row }: { readonly row: ProcessRow }): JSX.Element {
  return (
    <tr data-testid="fleet-process">
      <td class="fleet-process-host">
        <HostLink id={row.hostId ?? ""} label={labelOf(row)} />
      </td>
      <td class="col-pid number">{row.pid}</td>
      <td class="col-user ellipsis">{row.user}</td>
      <td class="col-command ellipsis" title={row.commandLine}>
        <span class="command-name">{row.command}</span> <span class="muted">{row.unit}</span>
      </td>
      <td class="col-cpu number">{formatPercent(row.cpuUtilizationRatio)}</td>
      <td class="col-memory number">{formatBytes(row.residentBytes)}</td>
      <td class="col-read number">{formatBytesPerSecond(row.readBytesPerSecond)}</td>
      <td class="col-write number">{formatBytesPerSecond(row.writeBytesPerSecond)}</td>
    </tr>
  );
}
