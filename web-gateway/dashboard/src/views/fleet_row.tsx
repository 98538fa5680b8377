// A host in the list of all hosts: the link in its name covers the row.
import type { JSX } from "preact";
import { sparkPath } from "../lib/fleet_filter.ts";
import { formatDecimal, formatPercent } from "../lib/format_ratio.ts";
import { labelTexts } from "../lib/host_notes.ts";
import type { HostInfo, Measured } from "../lib/model.ts";
import { severityOf, severityWord } from "../lib/severity.ts";
import { sparkLength, sparkOf } from "../state/fleet.ts";
import { ForgetButton } from "./forget_host.tsx";
import { HostLink } from "./host_link.tsx";
import { StateDot } from "./host_list.tsx";
import { Meter } from "./meter.tsx";

interface HostRowProps {
  readonly host: HostInfo;
  /** Asks whether it is to be forgotten. */
  readonly onForget: () => void;
}

export function HostRow({ host, onForget }: HostRowProps): JSX.Element {
  const { summary } = host;
  const load = summary?.loadOneMinute;
  return (
    <tr data-testid="fleet-row" data-host={host.id}>
      <td class="fleet-state">
        <StateDot host={host} /> <span class="fleet-state-word muted">{host.state}</span>
      </td>
      <td class="fleet-host">
        <div class="fleet-name">
          <HostLink id={host.id} label={host.label} title={titleOf(host)} />
          {host.state === "offline" && <ForgetButton host={host} onClick={onForget} />}
        </div>
      </td>
      <td class="fleet-labels ellipsis muted">{labelTexts(host).join(" ")}</td>
      <td class="fleet-spark">
        <Spark values={sparkOf(host.name)} />
      </td>
      <Share name="CPU" ratio={summary?.cpuRatio} text={formatPercent(summary?.cpuRatio)} />
      <Share name="Memory" ratio={summary?.memoryRatio} text={formatPercent(summary?.memoryRatio)} />
      <Share name="Load" ratio={summary?.loadPerCore} text={formatDecimal(load)} />
      <Share name="Disk" ratio={summary?.diskRatio} text={formatPercent(summary?.diskRatio)} />
      <Share name="Pressure" ratio={summary?.pressureRatio} text={formatPercent(summary?.pressureRatio)} />
    </tr>
  );
}

/** What a row has no room for. The link lies above all of it, so that it says this wherever one points. */
function titleOf(host: HostInfo): string {
  const mountpoint = host.summary?.diskMountpoint ?? "";
  return [host.label, ...labelTexts(host), ...(mountpoint === "" ? [] : [`fullest: ${mountpoint}`])].join("\n");
}

interface ShareProps {
  readonly name: string;
  readonly ratio: Measured;
  readonly text: string;
}

function Share({ name, ratio, text }: ShareProps): JSX.Element {
  const word = severityWord(severityOf(ratio));
  return (
    <td class={`fleet-meter severity-${severityOf(ratio)}`}>
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
