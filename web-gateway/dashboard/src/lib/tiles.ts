// What the tiles on top of the page say about a snapshot. Pure.
import { formatBytes, formatBytesPerSecond } from "./format_bytes.ts";
import { formatDecimal, formatPercent } from "./format_ratio.ts";
import type { Busiest, Measured, Snapshot, SwapUsage } from "./model.ts";

export interface Tile {
  readonly id: string;
  readonly title: string;
  readonly value: string;
  /** Two lines below the value. */
  readonly details: readonly [string, string];
  /** Share of a capacity, for the meter and the colour; `undefined` = there is no capacity or no value. */
  readonly ratio: Measured;
}

/** A process that uses less is not the culprit of anything. */
const leastShownRatio = 0.01;

/** The tiles of a snapshot, always the same ones in the same order. */
export function tilesOf(snapshot: Snapshot | undefined): readonly Tile[] {
  return [
    cpuTile(snapshot),
    memoryTile(snapshot),
    loadTile(snapshot),
    pressureTile(snapshot),
    diskTile(snapshot),
    networkTile(snapshot),
    swapTile(snapshot),
  ];
}

function cpuTile(snapshot: Snapshot | undefined): Tile {
  return {
    id: "cpu",
    title: "CPU",
    value: formatPercent(snapshot?.cpu?.utilizationRatio),
    details: [coresText(snapshot?.cpu?.coreCount), busiestText(snapshot?.busiest)],
    ratio: snapshot?.cpu?.utilizationRatio,
  };
}

/** The number comes first: a long name is cut. Hosts that report no processes have none that is busy or not. */
function busiestText(busiest: Busiest | undefined): string {
  if (busiest === undefined) return "";
  if ((busiest.cpuUtilizationRatio ?? 0) < leastShownRatio) return "nothing busy";
  return `${formatPercent(busiest.cpuUtilizationRatio)} in ${busiest.command}`;
}

function memoryTile(snapshot: Snapshot | undefined): Tile {
  const memory = snapshot?.memory;
  return {
    id: "memory",
    title: "Memory",
    value: formatPercent(memory?.utilizationRatio),
    details: [
      `${formatBytes(memory?.usedBytes)} of ${formatBytes(memory?.totalBytes)}`,
      `${formatBytes(memory?.availableBytes)} available`,
    ],
    ratio: memory?.utilizationRatio,
  };
}

function loadTile(snapshot: Snapshot | undefined): Tile {
  const load = snapshot?.load;
  const cores = snapshot?.cpu?.coreCount ?? 0;
  const one = load?.oneMinute;
  return {
    id: "load",
    title: "Load",
    value: formatDecimal(one),
    details: [`5 min ${formatDecimal(load?.fiveMinutes)}`, `15 min ${formatDecimal(load?.fifteenMinutes)}`],
    ratio: one === undefined || cores === 0 ? undefined : one / cores,
  };
}

function pressureTile(snapshot: Snapshot | undefined): Tile {
  const { cpu, memory, io } = snapshot?.pressure ?? {};
  const ratios = [{ ratio: cpu }, { ratio: memory }, { ratio: io }];
  const greatest = greatestBy(ratios, ({ ratio }) => ratio);
  return {
    id: "pressure",
    title: "Pressure",
    value: formatPercent(greatest?.ratio),
    details: [`CPU ${shortPercent(cpu)} · I/O ${shortPercent(io)}`, `memory ${shortPercent(memory)}`],
    ratio: greatest?.ratio,
  };
}

function diskTile(snapshot: Snapshot | undefined): Tile {
  const disk = greatestBy(snapshot?.disks ?? [], ({ utilizationRatio }) => utilizationRatio);
  return {
    id: "disk",
    title: disk === undefined ? "Disk" : `Disk ${disk.device}`,
    value: formatPercent(disk?.utilizationRatio),
    details: [
      `read ${formatBytesPerSecond(disk?.readBytesPerSecond)}`,
      `write ${formatBytesPerSecond(disk?.writeBytesPerSecond)}`,
    ],
    ratio: disk?.utilizationRatio,
  };
}

/** All interfaces but the loopback, whose traffic never leaves the host. */
function networkTile(snapshot: Snapshot | undefined): Tile {
  const outer = (snapshot?.networks ?? []).filter(({ device }) => device !== "lo");
  const received = sumOf(outer.map((network) => network.receiveBytesPerSecond));
  const sent = sumOf(outer.map((network) => network.transmitBytesPerSecond));
  return {
    id: "network",
    title: "Network in",
    value: formatBytesPerSecond(received),
    details: [`out ${formatBytesPerSecond(sent)}`, outer.length === 1 ? "1 interface" : `${outer.length} interfaces`],
    ratio: undefined,
  };
}

function swapTile(snapshot: Snapshot | undefined): Tile {
  const swap = snapshot?.swap;
  const none = swap?.totalBytes === 0;
  return {
    id: "swap",
    title: "Swap",
    value: none ? "none" : formatPercent(swap?.utilizationRatio),
    details: none ? ["no swap on this host", ""] : swapDetails(swap),
    ratio: swap?.utilizationRatio,
  };
}

function swapDetails(swap: SwapUsage | undefined): readonly [string, string] {
  if (swap?.totalBytes === undefined) return ["not measured", ""];
  return [
    `${formatBytes(swap.usedBytes)} of ${formatBytes(swap.totalBytes)}`,
    `in ${formatBytesPerSecond(swap.inBytesPerSecond)} · out ${formatBytesPerSecond(swap.outBytesPerSecond)}`,
  ];
}

function coresText(count: number | undefined): string {
  if (count === undefined || count === 0) return "cores unknown";
  return count === 1 ? "1 core" : `${count} cores`;
}

function shortPercent(ratio: Measured): string {
  return ratio === undefined ? "–" : `${(ratio * 100).toFixed(0)} %`;
}

/** The sum of what was measured; `undefined` if nothing was. */
function sumOf(values: readonly Measured[]): Measured {
  const measured = values.filter((value) => value !== undefined);
  return measured.length === 0 ? undefined : measured.reduce((sum, value) => sum + value, 0);
}

function greatestBy<Item>(items: readonly Item[], measure: (item: Item) => Measured): Item | undefined {
  return items.reduce<Item | undefined>((best, item) => {
    const value = measure(item);
    if (value === undefined) return best;
    return best === undefined || value > (measure(best) ?? 0) ? item : best;
  }, undefined);
}
