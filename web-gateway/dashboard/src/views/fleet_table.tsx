// The list of hosts: sorted and cut by the service, so that it is the same for ten and for ten thousand.
import type { JSX } from "preact";
import { fleetFilter, sparkPath } from "../lib/fleet_filter.ts";
import type { FleetOrder, FleetView } from "../lib/fleet_view.ts";
import { formatDecimal, formatPercent } from "../lib/format_ratio.ts";
import { labelTexts } from "../lib/host_notes.ts";
import type { HostInfo, Measured } from "../lib/model.ts";
import { severityOf, severityWord } from "../lib/severity.ts";
import { encodeView } from "../lib/url_state.ts";
import { fleetHosts, sparkLength, sparkOf } from "../state/fleet.ts";
import { updateView, view } from "../state/view.ts";
import { StateDot } from "./host_list.tsx";
import { Meter } from "./meter.tsx";
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
  return (
    <div class="table-scroll">
      <table class="process-table fleet-table">
        <TableHead columns={columns} sorting={sortingOf(view.value)} />
        <tbody>
          {list?.rows.map((host) => (
            <HostRow key={host.name} host={host} />
          ))}
        </tbody>
      </table>
      {list?.rows.length !== 0 && list !== undefined ? null : (
        <p class="muted table-none" data-testid="fleet-none">
          {noneText(list !== undefined)}
        </p>
      )}
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

function HostRow({ host }: { readonly host: HostInfo }): JSX.Element {
  const { summary } = host;
  const labels = labelTexts(host);
  const load = summary?.loadOneMinute;
  return (
    <tr data-testid="fleet-row" data-host={host.id}>
      <td class="fleet-state">
        <StateDot host={host} /> <span class="fleet-state-word muted">{host.state}</span>
      </td>
      <td class="fleet-host">
        <HostLink id={host.id} label={host.label} />
      </td>
      <td class="fleet-labels ellipsis muted" title={labels.join("\n")}>
        {labels.join(" ")}
      </td>
      <td class="fleet-spark">
        <Spark values={sparkOf(host.name)} />
      </td>
      <Share name="CPU" ratio={summary?.cpuRatio} text={formatPercent(summary?.cpuRatio)} />
      <Share name="Memory" ratio={summary?.memoryRatio} text={formatPercent(summary?.memoryRatio)} />
      <Share name="Load" ratio={summary?.loadPerCore} text={formatDecimal(load)} />
      <Share
        name="Disk"
        ratio={summary?.diskRatio}
        text={formatPercent(summary?.diskRatio)}
        title={summary?.diskMountpoint}
      />
      <Share name="Pressure" ratio={summary?.pressureRatio} text={formatPercent(summary?.pressureRatio)} />
    </tr>
  );
}

/** A link with an address of its own, so that a host opens in another tab as well. */
export function HostLink({ id, label }: { readonly id: string; readonly label: string }): JSX.Element {
  const onClick = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    updateView({ page: "host", host: id });
  };
  return (
    <a
      class="fleet-link ellipsis"
      title={label}
      href={encodeView({ ...view.value, page: "host", host: id })}
      onClick={onClick}
    >
      {label}
    </a>
  );
}

interface ShareProps {
  readonly name: string;
  readonly ratio: Measured;
  readonly text: string;
  readonly title?: string | undefined;
}

function Share({ name, ratio, text, title }: ShareProps): JSX.Element {
  const word = severityWord(severityOf(ratio));
  return (
    <td class={`fleet-meter severity-${severityOf(ratio)}`} title={title}>
      <span class="fleet-value">
        {text}
        {word !== "" && <span class="visually-hidden"> ({word})</span>}
      </span>
      <Meter ratio={ratio} label={name} />
    </td>
  );
}

function Spark({ values }: { readonly values: readonly Measured[] }): JSX.Element {
  return (
    <svg class="spark" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      <path d={sparkPath(values, sparkLength)} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
