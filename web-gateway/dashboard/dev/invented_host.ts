// A host that does not exist: values that move as those of a busy web server do.
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Host, HostSchema, HostState } from "../src/api/gen/syspulse/v1/host_pb.js";
import {
  type Process,
  ProcessSchema,
  ProcessState,
  type ProcessTable,
  ProcessTableSchema,
} from "../src/api/gen/syspulse/v1/process_pb.js";
import { type Snapshot, SnapshotSchema } from "../src/api/gen/syspulse/v1/snapshot_pb.js";

const gib = 1024 ** 3;
const cores = 8;
const bootTimeMs = Date.now() - 12.3 * 86_400_000;
const commands = [
  "postgres",
  "nginx",
  "syspulsed",
  "ffmpeg",
  "java",
  "sshd",
  "kworker/0:1",
  "node",
  "python3",
  "redis-server",
];
const users = ["root", "www-data", "postgres", "app"];
const hostileName = "<img src=x onerror=alert(1)>";

/** A smooth wave between 0 and 1, with a little noise. */
function wave(timeSeconds: number, periodSeconds: number, phase: number): number {
  const smooth = 0.5 + 0.5 * Math.sin((2 * Math.PI * timeSeconds) / periodSeconds + phase);
  return Math.min(1, Math.max(0, smooth * 0.9 + Math.random() * 0.1));
}

export class InventedHost {
  readonly name: string;
  readonly past: Snapshot[] = [];
  readonly #index: number;
  readonly #pids = Array.from({ length: 240 }, (_, index) => 1 + index * 37);

  constructor(index: number) {
    this.#index = index;
    this.name = `hosts/web-${index + 1}`;
  }

  identity(): Host {
    return create(HostSchema, {
      name: this.name,
      hostname: `web-${this.#index + 1}`,
      osName: "Debian GNU/Linux 12 (bookworm)",
      kernelRelease: "6.1.0-28-amd64",
      architecture: "x86_64",
      coreCount: cores,
      memoryBytes: BigInt(16 * gib),
      bootTime: timestampFromMs(bootTimeMs),
      sampleInterval: { seconds: 1n },
      state: [HostState.ONLINE, HostState.STALE, HostState.OFFLINE][this.#index % 3] ?? HostState.ONLINE,
      lastSeenTime: timestampFromMs(Date.now()),
      limitations: this.#index === 0 ? ["process I/O rates need root"] : [],
    });
  }

  inventPast(seconds: number): void {
    const now = Math.floor(Date.now() / 1000);
    for (let time = now - seconds; time < now; time++) {
      // A silence in the past, to see how charts show it.
      if (now - time < 330 || now - time > 420) this.sample(time);
    }
  }

  sample(time: number): void {
    this.past.push(create(SnapshotSchema, this.#snapshot(time)));
    if (this.past.length > 1200) this.past.shift();
  }

  #snapshot(time: number): MessageInitShape<typeof SnapshotSchema> {
    const busy = 0.15 + 0.6 * wave(time, 340, this.#index) * wave(time, 71, 1);
    const user = busy * 0.7;
    const iowait = 0.06 * wave(time, 47, 3);
    const total = 16 * gib;
    const used = Math.round(total * (0.52 + 0.3 * wave(time, 900, 2)));
    const free = Math.round((total - used) * 0.4);
    return {
      host: this.name,
      sampleTime: timestampFromMs(time * 1000),
      uptimeSeconds: time - bootTimeMs / 1000,
      cpu: {
        utilizationRatio: busy,
        coreCount: cores,
        modes: {
          userRatio: user,
          systemRatio: busy * 0.24,
          niceRatio: 0,
          irqRatio: 0,
          softirqRatio: busy * 0.06,
          stealRatio: 0,
          iowaitRatio: iowait,
          idleRatio: 1 - busy - iowait,
        },
        cores: Array.from({ length: cores }, (_, core) => ({
          core,
          utilizationRatio: wave(time, 60 + 30 * core, core),
        })),
      },
      load: {
        oneMinute: busy * cores * 1.2,
        fiveMinutes: cores * (0.4 + 0.2 * wave(time, 600, 0)),
        fifteenMinutes: cores * 0.42,
      },
      memory: {
        totalBytes: BigInt(total),
        usedBytes: BigInt(used),
        availableBytes: BigInt(total - used),
        freeBytes: BigInt(free),
        utilizationRatio: used / total,
      },
      swap: { totalBytes: BigInt(2 * gib), usedBytes: BigInt((0.2 * gib) | 0), utilizationRatio: 0.1 },
      pressure: {
        cpu: { someRatio: 0.12 * wave(time, 120, 0) },
        memory: { someRatio: 0.01 * wave(time, 300, 0) },
        io: { someRatio: 0.08 * wave(time, 47, 3) },
      },
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
      filesystems: filesystems(),
      topProcesses: this.#processes().slice(0, 1),
      processTotals: { processCount: this.#pids.length, threadCount: 1234 },
    };
  }

  processTable(orderBy: string, filter: string, limit: number): ProcessTable {
    const [field = "cpu_utilization_ratio", direction] = orderBy.split(" ");
    const matched = this.#processes().filter(({ command, commandLine, user, pid }) =>
      `${command} ${commandLine} ${user} ${pid}`.toLowerCase().includes(filter.toLowerCase()),
    );
    const sign = direction === "desc" ? -1 : 1;
    matched.sort((a, b) => sign * compare(fieldOf(a, field), fieldOf(b, field)) || a.pid - b.pid);
    return create(ProcessTableSchema, {
      host: this.name,
      sampleTime: timestampFromMs(Date.now()),
      totals: { processCount: this.#pids.length, threadCount: 1234, zombieCount: 1 },
      processes: matched.slice(0, limit),
      matchedCount: matched.length,
    });
  }

  #processes(): Process[] {
    const now = Date.now() / 1000;
    return this.#pids.map((pid, index) => {
      const command = index === 5 ? hostileName : (commands[index % commands.length] ?? "init");
      const busy = index < 12 ? 1.8 * wave(now, 30 + 7 * index, index) ** 3 : 0;
      return create(ProcessSchema, {
        pid,
        ppid: 1,
        command: command.slice(0, 28),
        commandLine: `/usr/bin/${command} --config /etc/${command}.conf --worker ${index}`,
        user: users[index % users.length] ?? "root",
        startTime: timestampFromMs(bootTimeMs + index * 60_000),
        state: busy > 0.3 ? ProcessState.RUNNING : index === 17 ? ProcessState.ZOMBIE : ProcessState.SLEEPING,
        threadCount: 1 + (index % 24),
        cpuUtilizationRatio: busy,
        cpuSeconds: 1000 / (1 + index),
        residentBytes: BigInt(Math.round((1.5 * gib) / (1 + (index % 40)))),
        virtualBytes: BigInt(4 * gib),
        memoryUtilizationRatio: 0.1 / (1 + (index % 40)),
        readBytesPerSecond: index % 6 === 0 ? 1e6 * busy : 0,
        writeBytesPerSecond: index % 4 === 0 ? 3e5 * busy : 0,
      });
    });
  }
}

function filesystems(): NonNullable<MessageInitShape<typeof SnapshotSchema>["filesystems"]> {
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

function fieldOf(process: Process, field: string): number | string | bigint {
  const name = field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const value: unknown = Reflect.get(process, name);
  return typeof value === "number" || typeof value === "string" || typeof value === "bigint" ? value : 0;
}

function compare(a: number | string | bigint, b: number | string | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
