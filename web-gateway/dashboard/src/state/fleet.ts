// What the service says of all hosts: the part of the list on screen, and the processes that use most of anything.
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { FleetQuery, LiveEvent } from "../api/live.ts";
import { fleetFilter } from "../lib/fleet_filter.ts";
import type { FleetHosts, Measured, ProcessRow, ProcessTable } from "../lib/model.ts";
import { view } from "./view.ts";

/** Hosts on one page: as many as a long screen shows twice. */
export const fleetPageSize = 50;
const processRows = 15;
/** Points of a sparkline, one for each list. */
export const sparkLength = 30;

const list = signal<FleetHosts | undefined>(undefined);
const table = signal<ProcessTable | undefined>(undefined);
const problem = signal("");
const sparks = new Map<string, Measured[]>();

/** The hosts on screen; `undefined` until the service has said. */
export const fleetHosts: ReadonlySignal<FleetHosts | undefined> = list;
/** The first processes of all hosts. */
export const fleetProcesses: ReadonlySignal<ProcessTable | undefined> = table;

/** Why the list is not what was asked for; empty if it is. */
export const fleetProblem: ReadonlySignal<string> = problem;

/** What the stream is asked for. */
export const fleetQuery: ReadonlySignal<FleetQuery> = computed(() => {
  const { fleetOrder, fleetDescending, fleetText, fleetPage, fleetProcesses } = view.value;
  return {
    filter: fleetFilter(fleetText),
    orderBy: `${fleetOrder}${fleetDescending ? " desc" : ""}`,
    skip: fleetPage * fleetPageSize,
    limit: fleetPageSize,
    processOrderBy: `${fleetProcesses} desc`,
    processLimit: processRows,
  };
});

/** Takes what the stream brought. The list before stays on screen while a filter is half written. */
export function onFleet(event: Extract<LiveEvent, { kind: "fleet" | "fleetProblem" }>): void {
  problem.value = event.kind === "fleet" ? "" : event.reason;
  if (event.kind === "fleet") onFleetHosts(event.hosts);
}

function onFleetHosts(next: FleetHosts): void {
  const shown = new Set(next.rows.map(({ name }) => name));
  for (const name of sparks.keys()) if (!shown.has(name)) sparks.delete(name);
  for (const { name, summary } of next.rows) {
    const values = sparks.get(name) ?? [];
    sparks.set(name, [...values, summary?.cpuRatio].slice(-sparkLength));
  }
  list.value = next;
}

export function onFleetProcesses(next: ProcessTable): void {
  table.value = next;
}

/** What the host of a process is called: as in the list of hosts, if it is there. */
export function labelOf({ hostId, hostname }: ProcessRow): string {
  return list.value?.rows.find(({ id }) => id === hostId)?.label ?? hostname ?? "";
}

/** The CPU of a host since it is on screen, oldest first. */
export function sparkOf(name: string): readonly Measured[] {
  return sparks.get(name) ?? [];
}
