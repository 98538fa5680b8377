// What the service says now: hosts, the newest snapshot, processes, the recent past, and whether all that is fresh.
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { CallError } from "../api/client.ts";
import type { LiveEvent } from "../api/live.ts";
import { type ConnectionFacts, type ConnectionState, connectionState, staleAfterMs } from "../lib/connection_state.ts";
import { hostCalled } from "../lib/host_called.ts";
import type { HostInfo, ProcessTable, Snapshot } from "../lib/model.ts";
import { nowMs } from "./clock.ts";
import { onFleet, onFleetProcesses } from "./fleet.ts";
import { addPast, addSnapshot, forgetPast, past } from "./past.ts";
import { view } from "./view.ts";
import { watching } from "./watched.ts";

const hostList = signal<readonly HostInfo[] | undefined>(undefined);
const newestSnapshot = signal<Snapshot | undefined>(undefined);
const newestTable = signal<ProcessTable | undefined>(undefined);
const facts = signal<Omit<ConnectionFacts, "intervalMs" | "hostSilentSinceMs">>({
  openedAtMs: undefined,
  lostAtMs: Date.now(),
  snapshotAtMs: undefined,
  reason: "",
  refused: false,
});

/** All hosts by name; `undefined` until the service has said. */
export const hosts: ReadonlySignal<readonly HostInfo[] | undefined> = hostList;
/** The newest snapshot of the chosen host. */
export const snapshot: ReadonlySignal<Snapshot | undefined> = newestSnapshot;
/** The processes of the chosen host in the order asked for. */
export const processes: ReadonlySignal<ProcessTable | undefined> = newestTable;

/** The host that was chosen because the URL names none: it stays on screen when its state changes. */
const automaticHost = signal("");

/** The host on screen: the one that the URL names, else the first that was online; empty while there is none. */
export const hostName: ReadonlySignal<string> = computed(() => {
  const wanted = view.value.host;
  if (wanted === "") return automaticHost.value;
  // Links may name a host otherwise; answers name it by its id.
  return hostCalled(wanted, hostList.value ?? [])?.name ?? `hosts/${wanted}`;
});

/** What is known of that host. */
export const host: ReadonlySignal<HostInfo | undefined> = computed(() =>
  hostList.value?.find(({ name }) => name === hostName.value),
);

/** Whether the page shows what the host does now. */
export const connection: ReadonlySignal<ConnectionState> = computed(() => {
  const known = host.value;
  if (view.value.page === "fleet") {
    const always = { snapshotAtMs: nowMs.value, intervalMs: 1000, hostSilentSinceMs: undefined };
    return connectionState({ ...facts.value, ...always }, nowMs.value);
  }
  // Without a host there is nothing to be silent.
  const snapshotAtMs = hostName.value === "" ? nowMs.value : facts.value.snapshotAtMs;
  const silent = known !== undefined && known.state !== "online" && known.state !== "unknown";
  const intervalMs = known?.sampleIntervalMs ?? 1000;
  const hostSilentSinceMs = silent ? known.lastSeenMs : undefined;
  return connectionState({ ...facts.value, snapshotAtMs, intervalMs, hostSilentSinceMs }, nowMs.value);
});

/** When the newest snapshot of the host arrived, by this browser's clock. */
export const snapshotAtMs: ReadonlySignal<number | undefined> = computed(() => facts.value.snapshotAtMs);

/** The right edge of the charts: the newest sample's time, which moves on by itself when no sample comes. */
export const chartEndSeconds: ReadonlySignal<number | undefined> = computed(() => {
  const newest = past.value.ring.lastTime;
  const arrivedAtMs = snapshotAtMs.value;
  if (newest === undefined || arrivedAtMs === undefined) return newest;
  const lagMs = nowMs.value - arrivedAtMs;
  return lagMs > staleAfterMs(host.value?.sampleIntervalMs ?? 1000) ? newest + lagMs / 1000 : newest;
});

/** Takes what the stream brought. */
export function onEvent(event: LiveEvent): void {
  batch(() => {
    if (facts.value.openedAtMs === undefined) {
      facts.value = { ...facts.value, openedAtMs: Date.now(), reason: "", refused: false };
    }
    switch (event.kind) {
      case "hosts":
        onHosts(event.hosts);
        return;
      case "fleet":
      case "fleetProblem":
        onFleet(event);
        return;
      case "history":
        if (event.host === hostName.value) onPast(event.snapshots);
        return;
      case "snapshot":
        if (event.snapshot.host === hostName.value) onSnapshot(event.snapshot);
        return;
      case "processes":
        if (event.host === "") onFleetProcesses(event.table);
        else if (event.host === hostName.value) newestTable.value = event.table;
        return;
      case "values":
        watching.value.watcher?.onValues(event.expression, event.values);
        return;
      case "ended":
        watching.value.watcher?.onEnded(event.expression, event.reason);
        return;
      default:
        event satisfies never;
    }
  });
}

function onHosts(next: readonly HostInfo[]): void {
  hostList.value = next;
  if (next.some(({ name }) => name === automaticHost.value)) return;
  automaticHost.value = (next.find(({ state }) => state === "online") ?? next[0])?.name ?? "";
}

function onPast(snapshots: readonly Snapshot[]): void {
  addPast(snapshots, host.value?.sampleIntervalMs ?? 1000);
}

function onSnapshot(next: Snapshot): void {
  if (next.timeSeconds !== newestSnapshot.value?.timeSeconds) {
    facts.value = { ...facts.value, snapshotAtMs: Date.now() };
  }
  newestSnapshot.value = next;
  addSnapshot(next, host.value?.sampleIntervalMs ?? 1000);
}

/** Forgets the values of the host on screen, because another takes its place. */
export function forgetHost(): void {
  batch(() => {
    newestSnapshot.value = undefined;
    newestTable.value = undefined;
    facts.value = { ...facts.value, snapshotAtMs: undefined };
    forgetPast();
  });
}

/** Expressions may be what the service refuses: they are asked for in another way, and the stream does without. */
function tellWatcher(known: CallError | undefined): void {
  const { watcher } = watching.value;
  if (known?.refused || known?.tooMuch) watcher?.onRefused(known.message);
  else watcher?.onLost();
}

/** Notes that the stream, which was ended on purpose, is opened again: what was lost before is no news. */
export function onResumed(): void {
  facts.value = { ...facts.value, openedAtMs: undefined, lostAtMs: Date.now(), reason: "" };
}

/** Notes that the stream ended, and why. */
export function onLost(thrown: unknown): void {
  const known = thrown instanceof CallError ? thrown : undefined;
  tellWatcher(known);
  const lostAtMs = facts.value.openedAtMs === undefined ? facts.value.lostAtMs : Date.now();
  const reason = known?.message ?? (thrown === undefined ? "the service ended the stream" : String(thrown));
  facts.value = { ...facts.value, openedAtMs: undefined, lostAtMs, reason, refused: known?.refused ?? false };
}
