// The columns that the charts show: the live past, or a range of what the service keeps.
import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import { createQueryClient, queryRange } from "../api/query.ts";
import type { Columns } from "../lib/columns.ts";
import { noColumns } from "../lib/grid_columns.ts";
import { instanceName } from "../lib/instance_name.ts";
import { resolveRange, type TimeWindow, windowUpTo } from "../lib/time_range.ts";
import { type ChartStatus, HistoryFeed, type HistoryState, type HistoryView } from "./history_feed.ts";
import { chartEndSeconds, connection, host, hosts } from "./live.ts";
import { past } from "./past.ts";
import { showsLive } from "./range.ts";
import { checkServiceClock, serviceNowSeconds } from "./service_clock.ts";
import { view } from "./view.ts";
import { whileVisible } from "./visible_timer.ts";

const shown = signal<HistoryState | undefined>(undefined);
const width = signal(0);

/** What is known of the past range on screen; `undefined` while the charts are live. */
export const historyState: ReadonlySignal<HistoryState | undefined> = computed(() =>
  showsLive.value ? undefined : shown.value,
);

/** Columns for the chart with this id. */
export function chartColumns(id: string): Columns {
  if (showsLive.value) return past.value.ring;
  return shown.value?.columns.get(id) ?? noColumns;
}

/** The times that all charts show; `undefined` while nothing is known. */
export const chartWindow: ReadonlySignal<TimeWindow | undefined> = computed(() => {
  const { range, liveMinutes } = view.value;
  if (!showsLive.value) return shown.value?.window ?? resolveRange(range, serviceNowSeconds());
  const end = chartEndSeconds.value;
  return end === undefined ? undefined : windowUpTo(end, liveMinutes * 60);
});

/** How far the chart with this id is; live charts are always ready. */
export function chartStatus(id: string): ChartStatus {
  if (showsLive.value) return { kind: "ready" };
  return shown.value?.statuses.get(id) ?? { kind: "loading" };
}

/** Tells how wide charts are, which decides how finely the past is asked for. */
export function setChartWidth(pixels: number): void {
  // Less than this makes no other step, as a rule, and resizing a window is many small changes.
  const coarse = 64;
  width.value = Math.ceil(pixels / coarse) * coarse;
}

let feed: HistoryFeed | undefined;

/** Asks again for what is on screen. */
export function reloadHistory(): void {
  feed?.reload();
}

const wanted = computed((): HistoryView | undefined => {
  const known = host.value;
  if (showsLive.value || known === undefined || width.value === 0 || view.value.page !== "host") return undefined;
  return {
    instance: instanceName(known, hosts.value ?? []),
    range: view.value.range,
    perCore: view.value.perCore,
    pixels: width.value,
    intervalSeconds: known.sampleIntervalMs / 1000,
  };
});
const wantedKey = computed(() => JSON.stringify(wanted.value));

/** Starts to follow the view. */
export function startHistory(baseUrl: string): void {
  const client = createQueryClient(baseUrl);
  const opened = new HistoryFeed({
    queryRange: (question, signal) => queryRange(client, question, signal),
    nowSeconds: serviceNowSeconds,
    checkClock: (signal) => checkServiceClock(client, signal),
    onState: (state) => {
      shown.value = state;
    },
    setTimer: whileVisible,
  });
  feed = opened;
  effect(() => {
    wantedKey.value;
    untracked(() => follow(opened));
  });
  reloadWhenBack(opened);
}

function follow(opened: HistoryFeed): void {
  if (wanted.value !== undefined) {
    opened.show(wanted.value);
    return;
  }
  opened.stop();
  shown.value = undefined;
}

/** What failed while the service was gone is asked for again when it is back. */
function reloadWhenBack(opened: HistoryFeed): void {
  let wasLost = false;
  effect(() => {
    const lost = connection.value.kind === "down" || connection.value.kind === "reconnecting";
    if (wasLost && !lost) untracked(() => opened.reload());
    wasLost = lost;
  });
}
