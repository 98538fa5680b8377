// What the dashboard knows about hosts: the messages of the API in plain numbers, converted once in api/.

/** A measured value; `undefined` = not measured, which is not zero. */
export type Measured = number | undefined;

export type HostState = "online" | "stale" | "offline" | "unknown";

export interface HostInfo {
  /** `hosts/{host}`. */
  readonly name: string;
  /** The last part of `name`. */
  readonly id: string;
  /** The name for people: display name, else hostname, else id. */
  readonly label: string;
  /** The name that people gave it; empty if they gave none. */
  readonly displayName: string;
  readonly hostname: string;
  readonly osName: string;
  readonly kernelRelease: string;
  readonly architecture: string;
  readonly coreCount: number;
  readonly memoryBytes: number;
  readonly bootTimeMs: Measured;
  readonly agentVersion: string;
  readonly sampleIntervalMs: number;
  readonly state: HostState;
  readonly lastSeenMs: Measured;
  /** What the agent could not do, in sentences. */
  readonly limitations: readonly string[];
  /** From its agent, and from people. */
  readonly labels: Readonly<Record<string, string>>;
  /** Those of them that people gave it. */
  readonly assignedLabels: Readonly<Record<string, string>>;
  /** How much of what it measured is there; undefined if it never sent a sample. */
  readonly completeness?: Completeness;
  /** How far its clock is ahead of the service's; undefined if its agent did not say. */
  readonly clockSkewMs?: number;
  /** Another agent that says it is this host, and is refused. */
  readonly conflict?: Conflict;
  /** What it is doing; undefined if it is offline, and where that was not asked for. */
  readonly summary?: HostSummary;
}

/** What a host is doing in a few numbers. */
export interface HostSummary {
  /** By the host's clock, seconds since 1970. */
  readonly timeSeconds: number;
  readonly cpuRatio: Measured;
  readonly memoryRatio: Measured;
  readonly loadOneMinute: Measured;
  /** 1 = each core has one task. */
  readonly loadPerCore: Measured;
  readonly pressureRatio: Measured;
  /** Of the fullest filesystem. */
  readonly diskRatio: Measured;
  /** Where that is mounted; empty if there is none. */
  readonly diskMountpoint: string;
}

/** A part of the list of hosts, and what there is of all that are meant. */
export interface FleetHosts {
  readonly rows: readonly HostInfo[];
  readonly matchedCount: number;
  readonly onlineCount: number;
  readonly staleCount: number;
  readonly offlineCount: number;
}

export interface Conflict {
  /** Where it calls from. */
  readonly address: string;
  /** What its machine calls itself. */
  readonly hostname: string;
  /** Whether it runs on the same machine. */
  readonly sameBoot: boolean;
}

export interface Completeness {
  /** How much of the last day has no sample. */
  readonly gapMs: number;
  /** Samples that should have come since the service started, and those that did. */
  readonly expected: number;
  readonly received: number;
  readonly late: number;
  readonly duplicate: number;
  /** Frames that the agent gave up. */
  readonly dropped: number;
}

export const cpuModes = ["user", "nice", "system", "iowait", "irq", "softirq", "steal"] as const;
export type CpuMode = (typeof cpuModes)[number];

export interface CoreUsage {
  readonly core: number;
  readonly utilizationRatio: Measured;
}

export interface CpuUsage {
  readonly utilizationRatio: Measured;
  readonly modeRatios: Readonly<Partial<Record<CpuMode, number>>>;
  readonly coreCount: number;
  readonly cores: readonly CoreUsage[];
}

export interface MemoryUsage {
  readonly totalBytes: Measured;
  readonly usedBytes: Measured;
  readonly freeBytes: Measured;
  readonly availableBytes: Measured;
  readonly utilizationRatio: Measured;
}

export interface SwapUsage {
  readonly totalBytes: Measured;
  readonly usedBytes: Measured;
  readonly utilizationRatio: Measured;
  readonly inBytesPerSecond: Measured;
  readonly outBytesPerSecond: Measured;
}

export interface LoadAverages {
  readonly oneMinute: Measured;
  readonly fiveMinutes: Measured;
  readonly fifteenMinutes: Measured;
}

/** Shares of time in which at least one task stalled. */
export interface PressureRatios {
  readonly cpu: Measured;
  readonly memory: Measured;
  readonly io: Measured;
}

export interface FilesystemUsage {
  readonly mountpoint: string;
  readonly device: string;
  readonly fstype: string;
  readonly sizeBytes: Measured;
  readonly usedBytes: Measured;
  readonly availableBytes: Measured;
  readonly utilizationRatio: Measured;
  readonly readOnly: boolean;
  readonly deviceError: boolean;
}

export interface DiskUsage {
  readonly device: string;
  readonly readBytesPerSecond: Measured;
  readonly writeBytesPerSecond: Measured;
  readonly utilizationRatio: Measured;
}

export interface NetworkUsage {
  readonly device: string;
  readonly receiveBytesPerSecond: Measured;
  readonly transmitBytesPerSecond: Measured;
}

/** What one host does at one instant. */
export interface Snapshot {
  readonly host: string;
  /** By the host's clock, seconds since 1970. */
  readonly timeSeconds: number;
  readonly uptimeSeconds: Measured;
  readonly cpu: CpuUsage | undefined;
  readonly load: LoadAverages | undefined;
  readonly memory: MemoryUsage | undefined;
  readonly swap: SwapUsage | undefined;
  readonly pressure: PressureRatios | undefined;
  readonly filesystems: readonly FilesystemUsage[];
  readonly disks: readonly DiskUsage[];
  readonly networks: readonly NetworkUsage[];
  /** The process that uses most CPU. */
  readonly busiest: Busiest | undefined;
}

export type ProcessState = "running" | "sleeping" | "disk sleep" | "stopped" | "zombie" | "idle" | "other";

/** The process that uses the CPU most. */
export type Busiest = Pick<ProcessRow, "command" | "cpuUtilizationRatio">;

export interface ProcessRow {
  /** Pid and start time: pids are used again. */
  readonly key: string;
  readonly pid: number;
  readonly parentPid: number;
  readonly startTimeMs: Measured;
  readonly state: ProcessState;
  readonly user: string;
  readonly command: string;
  /** Empty for kernel threads. */
  readonly commandLine: string;
  readonly threadCount: number;
  /** 1 = one core kept busy. */
  readonly cpuUtilizationRatio: Measured;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly virtualBytes: number;
  readonly memoryUtilizationRatio: number;
  readonly nice: number;
  readonly readBytesPerSecond: Measured;
  readonly writeBytesPerSecond: Measured;
  /** Path of the program; empty where it is not known. */
  readonly executable: string;
  readonly sharedBytes: Measured;
  readonly swapBytes: Measured;
  readonly openFileCount: Measured;
  /** Id of the container; empty outside of containers. */
  readonly container: string;
  /** The systemd unit; empty where there is none. */
  readonly unit: string;
  /** How many ancestors stand above it among the rows. */
  readonly depth: number;
  /** Where rows of several hosts are merged: whose it is. */
  readonly hostId?: string;
  /** What that host calls itself. */
  readonly hostname?: string;
}

export interface ProcessTable {
  readonly timeSeconds: number;
  readonly processCount: number;
  readonly threadCount: number;
  readonly runningCount: number;
  readonly zombieCount: number;
  /** How many matched the filter, before the limit. */
  readonly matchedCount: number;
  /** Rows may be missing until the agent has sent all processes. */
  readonly partial: boolean;
  readonly rows: readonly ProcessRow[];
}
