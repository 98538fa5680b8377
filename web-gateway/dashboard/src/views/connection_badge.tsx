// Says whether the page shows what the host does now, and since when.
import type { JSX } from "preact";
import type { ConnectionState } from "../lib/connection_state.ts";
import { formatDuration } from "../lib/format_time.ts";
import { nowMs } from "../state/clock.ts";
import { connection } from "../state/live.ts";
import { reconnect } from "../state/session.ts";

const words: Readonly<Record<ConnectionState["kind"], string>> = {
  live: "Live",
  reconnecting: "Connecting",
  stale: "No data",
  down: "Disconnected",
};

export function ConnectionBadge(): JSX.Element {
  const state = connection.value;
  const forHowLong = formatDuration((nowMs.value - state.sinceMs) / 1000);
  const reason = state.kind === "down" && state.reason !== "" ? `: ${state.reason}` : "";
  return (
    <div class="connection">
      <span
        class="badge"
        data-testid="connection-state"
        data-state={state.kind}
        title={`${words[state.kind]} for ${forHowLong}${reason}`}
      >
        <span class="dot" aria-hidden="true" />
        <span role="status">{words[state.kind]}</span>
        {state.kind !== "live" && <span class="badge-since">{forHowLong}</span>}
      </span>
      {state.kind === "down" && (
        <button type="button" class="button" onClick={reconnect}>
          Retry
        </button>
      )}
    </div>
  );
}

/** A line across the page while its values are not those of now. */
export function ConnectionBanner(): JSX.Element | null {
  const state = connection.value;
  const text = bannerText(state);
  if (text === "") return null;
  return (
    <div class={`banner banner-${state.kind}`} role="alert" data-testid="connection-banner">
      {text}
    </div>
  );
}

function bannerText(state: ConnectionState): string {
  switch (state.kind) {
    case "live":
    case "reconnecting":
      return "";
    case "stale":
      return "Nothing new arrives from this host: the values below are its last ones.";
    case "down":
      return `No connection to SysPulse${state.reason === "" ? "" : ` (${state.reason})`}. The values below are old; trying again.`;
  }
}
