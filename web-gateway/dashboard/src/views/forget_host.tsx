// Forgets a host that is gone, once it was said what that loses.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { formatDateTime, formatDuration } from "../lib/format_time.ts";
import type { HostInfo } from "../lib/model.ts";
import { nowMs } from "../state/clock.ts";
import { forgetHost } from "../state/host_changes.ts";
import { Dialog } from "./dialog.tsx";

interface ForgetButtonProps {
  readonly host: HostInfo;
  readonly onClick: () => void;
}

export function ForgetButton({ host, onClick }: ForgetButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class="button button-small"
      aria-label={`Forget ${host.label}…`}
      data-testid="forget-host"
      onClick={onClick}
    >
      Forget…
    </button>
  );
}

interface ForgetDialogProps {
  readonly host: HostInfo;
  readonly onClose: () => void;
}

export function ForgetDialog({ host, onClose }: ForgetDialogProps): JSX.Element {
  const [withData, setWithData] = useState(false);
  return (
    <Dialog
      title={`Forget ${host.label}?`}
      testid="forget-dialog"
      action={withData ? "Forget with its data" : "Forget"}
      danger={withData}
      onAction={() => forgetHost(host.name, withData)}
      onClose={onClose}
    >
      <p class="muted">{lastHeard(host)}</p>
      <p>
        It leaves the lists of hosts, and the name and the labels that people gave it are lost. If its agent connects
        again, it comes back without them.
      </p>
      <label class="check">
        <input
          type="checkbox"
          checked={withData}
          data-testid="forget-data"
          onInput={(event) => setWithData(event.currentTarget.checked)}
        />
        Delete its data too
      </label>
      <p class={withData ? "problem" : "muted"} role="status" data-testid="forget-loss">
        {lossText(withData)}
      </p>
    </Dialog>
  );
}

function lastHeard({ state, lastSeenMs }: HostInfo): string {
  if (lastSeenMs === undefined) return `It is ${state}.`;
  const ago = formatDuration((nowMs.value - lastSeenMs) / 1000);
  return `It is ${state}, and was last heard ${ago} ago, at ${formatDateTime(lastSeenMs)}.`;
}

function lossText(withData: boolean): string {
  return withData
    ? "All that was ever measured of it is deleted. This cannot be undone."
    : "What was measured of it stays, and queries go on finding it.";
}
