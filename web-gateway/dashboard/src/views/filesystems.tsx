// How full the filesystems are.
import type { JSX } from "preact";
import { formatBytes } from "../lib/format_bytes.ts";
import { formatPercent } from "../lib/format_ratio.ts";
import type { FilesystemUsage } from "../lib/model.ts";
import { severityOf, severityWord } from "../lib/severity.ts";
import { snapshot } from "../state/live.ts";
import { WarningIcon } from "./icons.tsx";
import { Meter } from "./meter.tsx";

export function Filesystems(): JSX.Element {
  const filesystems = snapshot.value?.filesystems ?? [];
  return (
    <section class="card filesystems" aria-label="Filesystems" data-testid="filesystems">
      <div class="card-title">
        <h2>Filesystems</h2>
      </div>
      {filesystems.length === 0 && <p class="muted">Nothing measured yet</p>}
      <ul class="filesystem-list">
        {filesystems.map((filesystem) => (
          <FilesystemRow key={filesystem.mountpoint} filesystem={filesystem} />
        ))}
      </ul>
    </section>
  );
}

function FilesystemRow({ filesystem }: { readonly filesystem: FilesystemUsage }): JSX.Element {
  const { mountpoint, device, fstype, utilizationRatio, usedBytes, sizeBytes } = filesystem;
  const severity = severityOf(utilizationRatio);
  const word = filesystem.deviceError ? "not answering" : severityWord(severity);
  const notes = [fstype, filesystem.readOnly ? "read-only" : ""].filter((note) => note !== "").join(", ");
  return (
    <li class={`filesystem severity-${severity}`} data-testid="filesystem-row" data-mountpoint={mountpoint}>
      <div class="filesystem-line">
        <span class="filesystem-name ellipsis" title={`${device} on ${mountpoint} (${notes})`}>
          {mountpoint} <span class="muted">{notes}</span>
        </span>
        {word !== "" && (
          <span class="severity">
            <WarningIcon /> {word}
          </span>
        )}
        <span class="filesystem-size muted">
          {formatBytes(usedBytes)} of {formatBytes(sizeBytes)}
        </span>
        <span class="filesystem-percent">{formatPercent(utilizationRatio)}</span>
      </div>
      <Meter ratio={utilizationRatio} label={`${mountpoint} used`} />
    </li>
  );
}
