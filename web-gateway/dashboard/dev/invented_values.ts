// Values of a host that does not exist.
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { SnapshotSchema } from "../src/api/gen/syspulse/v1/snapshot_pb.js";

type SnapshotInit = MessageInitShape<typeof SnapshotSchema>;

export const mib = 1024 ** 2;
export const gib = 1024 ** 3;
export const cores = 8;

/** A smooth wave between 0 and 1, with a little noise. */
export function wave(timeSeconds: number, periodSeconds: number, phase: number): number {
  const smooth = 0.5 + 0.5 * Math.sin((2 * Math.PI * timeSeconds) / periodSeconds + phase);
  return Math.min(1, Math.max(0, smooth * 0.9 + Math.random() * 0.1));
}

export function inventCpu(time: number, busy: number): NonNullable<SnapshotInit["cpu"]> {
  const iowait = 0.06 * wave(time, 47, 3);
  return {
    utilizationRatio: busy,
    coreCount: cores,
    modes: {
      userRatio: busy * 0.7,
      systemRatio: busy * 0.24,
      niceRatio: 0,
      irqRatio: 0,
      softirqRatio: busy * 0.06,
      stealRatio: 0,
      iowaitRatio: iowait,
      idleRatio: 1 - busy - iowait,
    },
    cores: Array.from({ length: cores }, (_, core) => ({ core, utilizationRatio: wave(time, 60 + 30 * core, core) })),
  };
}

export function inventMemory(time: number): Pick<SnapshotInit, "memory" | "swap"> {
  const total = 16 * gib;
  const used = Math.round(total * (0.52 + 0.3 * wave(time, 900, 2)));
  return {
    memory: {
      totalBytes: BigInt(total),
      usedBytes: BigInt(used),
      availableBytes: BigInt(total - used),
      freeBytes: BigInt(Math.round((total - used) * 0.4)),
      utilizationRatio: used / total,
    },
    swap: {
      totalBytes: BigInt(2 * gib),
      usedBytes: BigInt(Math.round(0.2 * gib)),
      utilizationRatio: 0.1,
      inBytesPerSecond: 0,
      outBytesPerSecond: 0,
    },
  };
}

export function inventDevices(time: number): Pick<SnapshotInit, "disks" | "networks"> {
  return {
    disks: ["nvme0n1", "sda"].map((device, index) => ({
      device,
      readBytesPerSecond: 40e6 * wave(time, 90, index) ** 3,
      writeBytesPerSecond: 25e6 * wave(time, 53, index + 1) ** 2,
      utilizationRatio: wave(time, 90, index) ** 2 * 0.8,
    })),
    networks: ["eth0", "wg0", "lo"].map((device, index) => ({
      device,
      receiveBytesPerSecond: (12e6 / (1 + 4 * index)) * wave(time, 200, index),
      transmitBytesPerSecond: (4e6 / (1 + 4 * index)) * wave(time, 140, index + 1),
    })),
  };
}

export function filesystems(): NonNullable<SnapshotInit["filesystems"]> {
  const mounts = [
    { mountpoint: "/", device: "/dev/nvme0n1p2", ratio: 0.41, size: 200 },
    { mountpoint: "/var/lib/postgresql", device: "/dev/sda1", ratio: 0.93, size: 500 },
    { mountpoint: "/home", device: "/dev/nvme0n1p3", ratio: 0.79, size: 100 },
    { mountpoint: "/boot/efi", device: "/dev/nvme0n1p1", ratio: 0.05, size: 0.5 },
  ];
  return mounts.map(({ mountpoint, device, ratio, size }) => ({
    mountpoint,
    device,
    fstype: size < 1 ? "vfat" : "ext4",
    sizeBytes: BigInt(Math.round(size * gib)),
    usedBytes: BigInt(Math.round(size * gib * ratio)),
    utilizationRatio: ratio,
    readOnly: false,
    deviceError: false,
  }));
}
