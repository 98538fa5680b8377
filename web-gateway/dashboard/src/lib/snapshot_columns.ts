// Turns a snapshot into one row of the ring: which series there are, and what they are called.
import { type CpuMode, cpuModes, type MemoryUsage, type Snapshot } from "./model.ts";

/** Names of series. Devices are the last part, so a device may have any name. */
export const seriesNames = {
  cpuMode: (mode: CpuMode): string => `cpu.${mode}`,
  core: (core: number): string => `core.${core}`,
  coreCount: "load.cores",
  memoryUsed: "memory.used",
  memoryCache: "memory.cache",
  memoryFree: "memory.free",
  loadOne: "load.1",
  loadFive: "load.5",
  loadFifteen: "load.15",
  pressureCpu: "pressure.cpu",
  pressureMemory: "pressure.memory",
  pressureIo: "pressure.io",
  networkIn: (device: string): string => `network.in/${device}`,
  networkOut: (device: string): string => `network.out/${device}`,
  diskRead: (device: string): string => `disk.read/${device}`,
  diskWrite: (device: string): string => `disk.write/${device}`,
  diskUse: (device: string): string => `disk.use/${device}`,
} as const;

/** The measured values of a snapshot by series. What goes out (sent, written) is negative: charts mirror it. */
export function snapshotRow(snapshot: Snapshot): Map<string, number> {
  const row = new Map<string, number>();
  const put = (name: string, value: number | undefined): void => {
    if (value !== undefined && Number.isFinite(value)) row.set(name, value);
  };
  for (const mode of cpuModes) put(seriesNames.cpuMode(mode), snapshot.cpu?.modeRatios[mode]);
  for (const core of snapshot.cpu?.cores ?? []) put(seriesNames.core(core.core), core.utilizationRatio);
  putMemory(put, snapshot.memory);
  put(seriesNames.loadOne, snapshot.load?.oneMinute);
  put(seriesNames.loadFive, snapshot.load?.fiveMinutes);
  put(seriesNames.loadFifteen, snapshot.load?.fifteenMinutes);
  if ((snapshot.cpu?.coreCount ?? 0) > 0) put(seriesNames.coreCount, snapshot.cpu?.coreCount);
  put(seriesNames.pressureCpu, snapshot.pressure?.cpu);
  put(seriesNames.pressureMemory, snapshot.pressure?.memory);
  put(seriesNames.pressureIo, snapshot.pressure?.io);
  putDevices(put, snapshot);
  return row;
}

type Put = (name: string, value: number | undefined) => void;

/** Used, cache and free add up to the total, so the stack's top is the memory there is. */
function putMemory(put: Put, memory: MemoryUsage | undefined): void {
  if (memory?.totalBytes === undefined || memory.usedBytes === undefined || memory.freeBytes === undefined) return;
  put(seriesNames.memoryUsed, memory.usedBytes);
  put(seriesNames.memoryCache, Math.max(0, memory.totalBytes - memory.usedBytes - memory.freeBytes));
  put(seriesNames.memoryFree, Math.min(memory.freeBytes, memory.totalBytes - memory.usedBytes));
}

function putDevices(put: Put, snapshot: Snapshot): void {
  for (const network of snapshot.networks) {
    put(seriesNames.networkIn(network.device), network.receiveBytesPerSecond);
    put(seriesNames.networkOut(network.device), negative(network.transmitBytesPerSecond));
  }
  for (const disk of snapshot.disks) {
    put(seriesNames.diskRead(disk.device), disk.readBytesPerSecond);
    put(seriesNames.diskWrite(disk.device), negative(disk.writeBytesPerSecond));
    put(seriesNames.diskUse(disk.device), disk.utilizationRatio);
  }
}

function negative(value: number | undefined): number | undefined {
  // Not −0: it would read as a value that was sent.
  return value === undefined ? undefined : value === 0 ? 0 : -value;
}
