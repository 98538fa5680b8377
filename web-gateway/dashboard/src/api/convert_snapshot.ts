// Snapshot messages in plain numbers.
import type { CpuUsage, FilesystemUsage, MemoryUsage, PressureRatios, Snapshot, SwapUsage } from "../lib/model.ts";
import { toNumber, toSeconds } from "./convert.ts";
import { toProcessRow } from "./convert_process.ts";
import type {
  Cpu,
  CpuModes,
  Filesystem,
  Memory,
  Pressure,
  SwapSpace,
  Snapshot as WireSnapshot,
} from "./gen/syspulse/v1/snapshot_pb.js";

export function toSnapshot(snapshot: WireSnapshot): Snapshot {
  const busiest = snapshot.topProcesses[0];
  return {
    host: snapshot.host,
    timeSeconds: toSeconds(snapshot.sampleTime) ?? 0,
    uptimeSeconds: snapshot.uptimeSeconds,
    cpu: snapshot.cpu && toCpu(snapshot.cpu),
    load: snapshot.load && {
      oneMinute: snapshot.load.oneMinute,
      fiveMinutes: snapshot.load.fiveMinutes,
      fifteenMinutes: snapshot.load.fifteenMinutes,
    },
    memory: snapshot.memory && toMemory(snapshot.memory),
    swap: snapshot.swap && toSwap(snapshot.swap),
    pressure: snapshot.pressure && toPressure(snapshot.pressure),
    filesystems: snapshot.filesystems.map(toFilesystem),
    disks: snapshot.disks.map(({ device, readBytesPerSecond, writeBytesPerSecond, utilizationRatio }) => ({
      device,
      readBytesPerSecond,
      writeBytesPerSecond,
      utilizationRatio,
    })),
    networks: snapshot.networks.map(({ device, receiveBytesPerSecond, transmitBytesPerSecond }) => ({
      device,
      receiveBytesPerSecond,
      transmitBytesPerSecond,
    })),
    busiest: busiest && toProcessRow(busiest),
  };
}

function toCpu(cpu: Cpu): CpuUsage {
  return {
    utilizationRatio: cpu.utilizationRatio,
    modeRatios: toModeRatios(cpu.modes),
    coreCount: cpu.coreCount,
    cores: cpu.cores.map(({ core, utilizationRatio }) => ({ core, utilizationRatio })),
  };
}

function toModeRatios(modes: CpuModes | undefined): CpuUsage["modeRatios"] {
  const ratios = {
    user: modes?.userRatio,
    nice: modes?.niceRatio,
    system: modes?.systemRatio,
    iowait: modes?.iowaitRatio,
    irq: modes?.irqRatio,
    softirq: modes?.softirqRatio,
    steal: modes?.stealRatio,
  };
  return Object.fromEntries(Object.entries(ratios).filter(([, ratio]) => ratio !== undefined));
}

function toMemory(memory: Memory): MemoryUsage {
  return {
    totalBytes: toNumber(memory.totalBytes),
    usedBytes: toNumber(memory.usedBytes),
    freeBytes: toNumber(memory.freeBytes),
    availableBytes: toNumber(memory.availableBytes),
    utilizationRatio: memory.utilizationRatio,
  };
}

function toSwap(swap: SwapSpace): SwapUsage {
  return {
    totalBytes: toNumber(swap.totalBytes),
    usedBytes: toNumber(swap.usedBytes),
    utilizationRatio: swap.utilizationRatio,
    inBytesPerSecond: swap.inBytesPerSecond,
    outBytesPerSecond: swap.outBytesPerSecond,
  };
}

function toPressure(pressure: Pressure): PressureRatios {
  return {
    cpu: pressure.cpu?.someRatio,
    memory: pressure.memory?.someRatio,
    io: pressure.io?.someRatio,
  };
}

function toFilesystem(filesystem: Filesystem): FilesystemUsage {
  return {
    mountpoint: filesystem.mountpoint,
    device: filesystem.device,
    fstype: filesystem.fstype,
    sizeBytes: toNumber(filesystem.sizeBytes),
    usedBytes: toNumber(filesystem.usedBytes),
    availableBytes: toNumber(filesystem.availableBytes),
    utilizationRatio: filesystem.utilizationRatio,
    readOnly: filesystem.readOnly ?? false,
    deviceError: filesystem.deviceError ?? false,
  };
}
