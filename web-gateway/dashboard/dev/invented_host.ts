// A host that does not exist: values that move as those of a busy web server do.
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type Host,
  HostSchema,
  HostState,
  type HostSummary,
  HostSummarySchema,
} from "../src/api/gen/syspulse/v1/host_pb.js";
import type { ProcessTopic } from "../src/api/gen/syspulse/v1/live_service_pb.js";
import { type ProcessTable, ProcessTableSchema } from "../src/api/gen/syspulse/v1/process_pb.js";
import { type Snapshot, SnapshotSchema } from "../src/api/gen/syspulse/v1/snapshot_pb.js";
import { asTree, byField, inventProcesses, processCount, threadCount } from "./invented_processes.ts";
import { cores, filesystems, gib, inventCpu, inventDevices, inventMemory, wave } from "./invented_values.ts";

const bootTimeMs = Date.now() - 12.3 * 86_400_000;
const goneMs = 3.2 * 3_600_000;
/** Hosts from here on have long names that differ at their end. */
const firstLongName = 3;

export class InventedHost {
  readonly name: string;
  readonly hostname: string;
  readonly past: Snapshot[] = [];
  readonly state: HostState;
  displayName = "";
  assignedLabels: Record<string, string> = { team: "shop" };
  readonly #index: number;

  constructor(index: number) {
    this.#index = index;
    this.hostname = index < firstLongName ? `web-${index + 1}` : `web-prod-eu-central-1-${index + 1}`;
    this.name = `hosts/${this.hostname}`;
    this.state = [HostState.ONLINE, HostState.STALE, HostState.OFFLINE][index % 3] ?? HostState.ONLINE;
  }

  identity(withSummary: boolean): Host {
    const isOffline = this.state === HostState.OFFLINE;
    return create(HostSchema, {
      name: this.name,
      hostname: this.hostname,
      displayName: this.displayName,
      labels: { env: this.#index % 2 === 0 ? "prod" : "test", ...this.assignedLabels },
      assignedLabels: this.assignedLabels,
      osName: "Debian GNU/Linux 12 (bookworm)",
      kernelRelease: "6.1.0-28-amd64",
      architecture: "x86_64",
      coreCount: cores,
      memoryBytes: BigInt(16 * gib),
      bootTime: timestampFromMs(bootTimeMs),
      sampleInterval: { seconds: 1n },
      state: this.state,
      lastSeenTime: timestampFromMs(Date.now() - (isOffline ? goneMs : 0)),
      limitations: this.#index === 0 ? ["process I/O rates need root"] : [],
      ...(withSummary && !isOffline && { summary: this.#summary() }),
    });
  }

  #summary(): HostSummary {
    const newest = this.past.at(-1);
    return create(HostSummarySchema, {
      ...(newest?.sampleTime && { sampleTime: newest.sampleTime }),
      cpuUtilizationRatio: newest?.cpu?.utilizationRatio ?? 0,
      memoryUtilizationRatio: newest?.memory?.utilizationRatio ?? 0,
      loadOneMinute: newest?.load?.oneMinute ?? 0,
      loadPerCoreRatio: (newest?.load?.oneMinute ?? 0) / cores,
      pressureRatio: newest?.pressure?.cpu?.someRatio ?? 0,
      filesystemUtilizationRatio: 0.3 + 0.15 * (this.#index % 5),
      filesystemMountpoint: "/var",
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
    return {
      host: this.name,
      sampleTime: timestampFromMs(time * 1000),
      uptimeSeconds: time - bootTimeMs / 1000,
      cpu: inventCpu(time, busy),
      load: {
        oneMinute: busy * cores * 1.2,
        fiveMinutes: cores * (0.4 + 0.2 * wave(time, 600, 0)),
        fifteenMinutes: cores * 0.42,
      },
      ...inventMemory(time),
      pressure: {
        cpu: { someRatio: 0.12 * wave(time, 120, 0) },
        memory: { someRatio: 0.01 * wave(time, 300, 0) },
        io: { someRatio: 0.08 * wave(time, 47, 3) },
      },
      ...inventDevices(time),
      filesystems: filesystems(),
      topProcesses: inventProcesses().slice(0, 1),
      processTotals: { processCount, threadCount },
    };
  }

  processTable({ orderBy, filter, limit, tree }: ProcessTopic): ProcessTable {
    const matched = inventProcesses().filter(({ command, commandLine, user, pid }) =>
      `${command} ${commandLine} ${user} ${pid}`.toLowerCase().includes(filter.toLowerCase()),
    );
    matched.sort(byField(orderBy));
    return create(ProcessTableSchema, {
      host: this.name,
      sampleTime: timestampFromMs(Date.now()),
      totals: { processCount: processCount, threadCount, zombieCount: 1 },
      processes: (tree ? asTree(matched) : matched).slice(0, limit || 50),
      matchedCount: matched.length,
    });
  }
}
