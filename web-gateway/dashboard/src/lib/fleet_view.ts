// What the fleet page shows, as the URL has it.

/** What the service orders hosts by. */
export const fleetOrders = [
  "display_name",
  "state",
  "cpu.utilization",
  "memory.utilization",
  "load.per_core",
  "disk.utilization",
  "pressure",
  "last_seen_time",
] as const;
export type FleetOrder = (typeof fleetOrders)[number];
export const fleetProcessOrders = ["cpu_utilization_ratio", "resident_bytes", "io_bytes_per_second"] as const;
export type FleetProcessOrder = (typeof fleetProcessOrders)[number];

export interface FleetView {
  readonly fleetOrder: FleetOrder;
  readonly fleetDescending: boolean;
  /** What hosts are searched for, as it was written. */
  readonly fleetText: string;
  /** From 0. */
  readonly fleetPage: number;
  readonly fleetProcesses: FleetProcessOrder;
}

export const defaultFleetView: FleetView = {
  fleetOrder: "cpu.utilization",
  fleetDescending: true,
  fleetText: "",
  fleetPage: 0,
  fleetProcesses: "cpu_utilization_ratio",
};

const greatestFleetText = 1024;

/** Reads it from the query part of a URL. What is missing or makes no sense takes its default. */
export function decodeFleet(params: URLSearchParams): FleetView {
  const sort = params.get("hosts-sort") ?? "";
  const order = fleetOrders.find((known) => known === sort.replace(/^-/, ""));
  const page = Number(params.get("hosts-page") ?? "1");
  const processes = params.get("hosts-top");
  return {
    fleetOrder: order ?? defaultFleetView.fleetOrder,
    fleetDescending: order === undefined ? defaultFleetView.fleetDescending : sort.startsWith("-"),
    fleetText: (params.get("hosts") ?? "").slice(0, greatestFleetText),
    fleetPage: Number.isInteger(page) && page >= 1 && page <= 10_000 ? page - 1 : 0,
    fleetProcesses: fleetProcessOrders.find((known) => known === processes) ?? defaultFleetView.fleetProcesses,
  };
}

/** Adds what is not the default. */
export function encodeFleet(view: FleetView, params: URLSearchParams): void {
  if (view.fleetText !== "") params.set("hosts", view.fleetText);
  if (view.fleetOrder !== defaultFleetView.fleetOrder || view.fleetDescending !== defaultFleetView.fleetDescending) {
    params.set("hosts-sort", `${view.fleetDescending ? "-" : ""}${view.fleetOrder}`);
  }
  if (view.fleetPage > 0) params.set("hosts-page", String(view.fleetPage + 1));
  if (view.fleetProcesses !== defaultFleetView.fleetProcesses) params.set("hosts-top", view.fleetProcesses);
}
