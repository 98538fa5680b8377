// What is to be said of a past range as a whole: that nothing is in it, or that asking failed.
import type { JSX } from "preact";
import { formatDateTime } from "../lib/format_time.ts";
import { absoluteMoment } from "../lib/time_range.ts";
import { historyState, reloadHistory } from "../state/history.ts";
import type { HistoryState } from "../state/history_feed.ts";
import { host } from "../state/live.ts";
import { chooseLive, chooseRange } from "../state/range.ts";
import { view } from "../state/view.ts";

export function HistoryNotice(): JSX.Element | null {
  const state = historyState.value;
  if (state === undefined) return null;
  const statuses = [...state.statuses.values()];
  if (statuses.some(({ kind }) => kind === "failed")) return <FailedNotice />;
  const isEmpty = [...state.columns.values()].every(({ length }) => length === 0);
  if (!isEmpty || statuses.some(({ kind }) => kind === "loading")) return null;
  return <EmptyNotice state={state} />;
}

function FailedNotice(): JSX.Element {
  return (
    <div class="banner banner-stale notice" role="alert" data-testid="history-notice">
      <span>Not all charts could be loaded.</span>
      <button type="button" class="button" onClick={reloadHistory}>
        Try again
      </button>
    </div>
  );
}

function EmptyNotice({ state }: { readonly state: HistoryState }): JSX.Element {
  const label = host.value?.label ?? "this host";
  const { beginsSeconds, window } = state;
  const begins =
    beginsSeconds === undefined
      ? ""
      : ` History of ${label} begins ${formatDateTime(beginsSeconds * 1000).slice(0, 16)}.`;
  const isBefore = beginsSeconds !== undefined && beginsSeconds >= window.toSeconds;
  return (
    <div class="banner banner-plain notice" role="status" data-testid="history-notice">
      <span>No data in this range.{begins}</span>
      {isBefore && (
        <button
          type="button"
          class="button"
          onClick={() => chooseRange({ from: absoluteMoment(beginsSeconds), to: "now" })}
        >
          Show from there
        </button>
      )}
      <button type="button" class="button" onClick={() => chooseLive(view.value.liveMinutes)}>
        Live
      </button>
    </div>
  );
}
