// The charts of one host, from the series that it has.
import type { Columns } from "../lib/columns.ts";
import { seriesNames } from "../lib/snapshot_columns.ts";
import { type ChartPlan, type SingleSeries, singles } from "./chart_plan.ts";
import { assignSlots, slots } from "./palette.ts";

/** More lines than this cannot be told apart; the busiest are shown. */
const greatestDeviceCount = 8;

const modeSlots = {
  steal: slots.rose,
  softirq: slots.teal,
  irq: slots.green,
  iowait: slots.amber,
  nice: slots.cyan,
  user: slots.blue,
  system: slots.violet,
} as const;
const modesTopDown = ["steal", "softirq", "irq", "iowait", "nice", "user", "system"] as const;

export function cpuChart(past: Columns, perCore: boolean): ChartPlan {
  const cores = past.names.filter((name) => name.startsWith("core.")).sort(byNumber);
  const lines: SingleSeries[] = cores.map((name, index) => ({ name, label: coreLabel(name), slot: index })).reverse();
  const modes: SingleSeries[] = modesTopDown.map((mode) => ({
    name: seriesNames.cpuMode(mode),
    label: mode,
    slot: modeSlots[mode],
    fill: 0.32,
  }));
  return {
    id: "cpu",
    title: perCore ? "CPU by core" : "CPU by mode",
    description: perCore ? "Busy share of each core" : "Share of CPU time by mode, all cores together",
    unit: "ratio",
    stacked: !perCore,
    leastTop: 1,
    fixed: true,
    ...singles(perCore ? lines : modes),
  };
}

export function memoryChart(): ChartPlan {
  return {
    id: "memory",
    title: "Memory",
    description: "Physical memory that is used, holds buffers and cache, and is free",
    unit: "bytes",
    stacked: true,
    leastTop: 1,
    fixed: false,
    ...singles([
      { name: seriesNames.memoryFree, label: "free", slot: "neutral", fill: 0.1 },
      { name: seriesNames.memoryCache, label: "buffers, cache", slot: slots.teal, fill: 0.22 },
      { name: seriesNames.memoryUsed, label: "used", slot: slots.blue, fill: 0.32 },
    ]),
  };
}

export function loadChart(): ChartPlan {
  return {
    id: "load",
    title: "Load",
    description: "Load averages, and the number of cores that they are compared with",
    unit: "decimal",
    stacked: false,
    leastTop: 1,
    fixed: false,
    ...singles([
      { name: seriesNames.coreCount, label: "cores", slot: "neutral", dashed: true },
      { name: seriesNames.loadFifteen, label: "15 min", slot: slots.teal },
      { name: seriesNames.loadFive, label: "5 min", slot: slots.violet },
      { name: seriesNames.loadOne, label: "1 min", slot: slots.blue, fill: 0.1 },
    ]),
  };
}

export function pressureChart(): ChartPlan {
  return {
    id: "pressure",
    title: "Pressure",
    description: "Share of time in which some task waited for CPU, memory or I/O",
    unit: "ratio",
    stacked: false,
    leastTop: 0.05,
    fixed: false,
    ...singles([
      { name: seriesNames.pressureIo, label: "I/O", slot: slots.amber, fill: 0.1 },
      { name: seriesNames.pressureMemory, label: "memory", slot: slots.violet, fill: 0.1 },
      { name: seriesNames.pressureCpu, label: "CPU", slot: slots.blue, fill: 0.1 },
    ]),
  };
}

export function networkChart(past: Columns): ChartPlan {
  return {
    id: "network",
    title: "Network",
    description: "Bytes received per second, upwards, and sent, downwards, by interface",
    unit: "bytesPerSecond",
    stacked: false,
    leastTop: 1024,
    fixed: false,
    ...mirrored(past, "network", [seriesNames.networkIn, "in"], [seriesNames.networkOut, "out"]),
  };
}

export function diskChart(past: Columns): ChartPlan {
  return {
    id: "disk",
    title: "Disk throughput",
    description: "Bytes read per second, upwards, and written, downwards, by disk",
    unit: "bytesPerSecond",
    stacked: false,
    leastTop: 1024,
    fixed: false,
    ...mirrored(past, "disk", [seriesNames.diskRead, "read"], [seriesNames.diskWrite, "write"]),
  };
}

export function diskUseChart(past: Columns): ChartPlan {
  const devices = busiestDevices(past, [seriesNames.diskUse]);
  const colors = assignSlots(devices);
  return {
    id: "disk-use",
    title: "Disk utilisation",
    description: "Share of time in which a disk had work, by disk",
    unit: "ratio",
    stacked: false,
    leastTop: 1,
    fixed: true,
    ...singles(
      [...devices].reverse().map((device) => ({
        name: seriesNames.diskUse(device),
        label: device,
        slot: colors.get(device) ?? 0,
        fill: 0.1,
      })),
    ),
  };
}

type NameOf = (device: string) => string;
/** The series of a direction, and the word for it in the legend. */
type Direction = readonly [NameOf, string];

/** One legend item for each device, with a line upwards and one downwards of the same colour. */
function mirrored(
  past: Columns,
  kind: string,
  [up, upWord]: Direction,
  [down, downWord]: Direction,
): Pick<ChartPlan, "series" | "legend"> {
  const devices = busiestDevices(past, [up, down]);
  const colors = assignSlots(devices);
  const item = (device: string): string => `${kind}/${device}`;
  const slot = (device: string): number => colors.get(device) ?? 0;
  const line = { fill: 0.14, dashed: false };
  return {
    series: devices.flatMap((device) =>
      [up(device), down(device)].map((name) => ({ name, item: item(device), slot: slot(device), ...line })),
    ),
    legend: devices.map((device) => ({
      id: item(device),
      label: device,
      slot: slot(device),
      values: [
        { name: up(device), prefix: upWord },
        { name: down(device), prefix: downWord },
      ],
    })),
  };
}

/** The devices by name; where there are too many, those with the most traffic. */
export function busiestDevices(past: Columns, kinds: readonly NameOf[]): readonly string[] {
  const prefixes = kinds.map((kind) => kind(""));
  const totals = new Map<string, number>();
  for (const name of past.names) {
    const prefix = prefixes.find((known) => name.startsWith(known));
    if (prefix === undefined) continue;
    const device = name.slice(prefix.length);
    totals.set(device, (totals.get(device) ?? 0) + sumOf(past.column(name)));
  }
  const byTraffic = [...totals].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return byTraffic
    .slice(0, greatestDeviceCount)
    .map(([device]) => device)
    .sort();
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => (Number.isNaN(value) ? sum : sum + Math.abs(value)), 0);
}

function coreLabel(name: string): string {
  return `core ${name.slice("core.".length)}`;
}

function byNumber(a: string, b: string): number {
  return Number(a.replace(/\D/g, "")) - Number(b.replace(/\D/g, ""));
}
