// Connects the view to the service: one stream, opened again when the view asks for something else.
import { computed, effect, untracked } from "@preact/signals";
import { CallError, createLiveClient } from "../api/client.ts";
import { type LiveQuery, watchLive } from "../api/live.ts";
import { fleetQuery } from "./fleet.ts";
import { forgetHost, host, hostName, onEvent, onLost, onResumed, snapshotAtMs } from "./live.ts";
import { LiveFeed } from "./live_feed.ts";
import { past, pastSeconds } from "./past.ts";
import { view } from "./view.ts";
import { watching } from "./watched.ts";

/** With more cores than this, the past of each is only asked for while it is on screen. */
const manyCores = 16;
/** More past than is missing: times are by two clocks, and the oldest sample of a past may have no rates. */
const overlapSeconds = 8;
/** A tab in the background keeps its stream for so long. */
const hiddenStopMs = 60_000;

const onFleet = computed(() => view.value.page === "fleet");
const pastOfCores = computed(() => view.value.perCore || (host.value?.coreCount ?? 0) <= manyCores);
const orderBy = computed(() => `${view.value.order}${view.value.descending ? " desc" : ""}`);
/** What makes the past worthless when it changes. */
const pastKey = computed(() => JSON.stringify([hostName.value, hostName.value !== "" && pastOfCores.value]));
/** What the stream has to be opened again for. */
const queryKey = computed(() => {
  const { filter, limit, tree } = view.value;
  if (onFleet.value) return JSON.stringify(fleetQuery.value);
  return JSON.stringify([pastKey.value, orderBy.value, filter, limit, tree, watching.value.key]);
});

function currentQuery(): LiveQuery {
  return {
    ...(onFleet.value && { fleet: fleetQuery.value }),
    host: hostName.value,
    historySeconds: missingSeconds(),
    historyOfCores: pastOfCores.value,
    orderBy: orderBy.value,
    filter: view.value.filter,
    limit: view.value.limit,
    tree: view.value.tree,
    expressions: watching.value.watcher?.watched() ?? [],
  };
}

/** How much of the past the tab does not have: little when only the order of processes changed. */
function missingSeconds(): number {
  const arrivedAtMs = snapshotAtMs.value;
  if (past.value.ring.length === 0 || arrivedAtMs === undefined) return pastSeconds;
  return Math.min(pastSeconds, Math.ceil((Date.now() - arrivedAtMs) / 1000) + overlapSeconds);
}

let feed: LiveFeed | undefined;

/** Opens the stream anew, now. */
export function reconnect(): void {
  feed?.restart();
}

/** Starts to show what the service at `baseUrl` says. */
export function startSession(baseUrl: string): void {
  const client = createLiveClient(baseUrl);
  const opened = new LiveFeed({
    watch: (query, signal) => watchLive(client, query, signal),
    query: () => untracked(currentQuery),
    onEvent,
    onLost,
    isRefusal: (thrown) => thrown instanceof CallError && thrown.refused,
    random: Math.random,
    setTimer: (callback, delayMs) => {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
  });
  feed = opened;
  effect(() => {
    pastKey.value;
    untracked(forgetHost);
  });
  effect(() => {
    queryKey.value;
    untracked(() => opened.restart());
  });
  pauseWhileHidden(opened);
  addEventListener("online", () => opened.restart());
}

function pauseWhileHidden(opened: LiveFeed): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) {
      timer = setTimeout(() => {
        opened.pause();
        onLost(undefined);
      }, hiddenStopMs);
      return;
    }
    if (!opened.isPaused) return;
    onResumed();
    opened.resume();
  });
}
