// Process messages in plain numbers and words.
import type { Measured, ProcessRow, ProcessState, ProcessTable } from "../lib/model.ts";
import { toMs, toSeconds } from "./convert.ts";
import {
  type Process,
  ProcessState as WireState,
  type ProcessTable as WireTable,
} from "./gen/syspulse/v1/process_pb.js";

export function toProcessTable(table: WireTable): ProcessTable {
  return {
    timeSeconds: toSeconds(table.sampleTime) ?? 0,
    processCount: table.totals?.processCount ?? 0,
    threadCount: table.totals?.threadCount ?? 0,
    runningCount: table.totals?.runningCount ?? 0,
    zombieCount: table.totals?.zombieCount ?? 0,
    matchedCount: table.matchedCount,
    partial: table.partial,
    rows: table.processes.map(toProcessRow),
  };
}

export function toProcessRow(process: Process): ProcessRow {
  const startTimeMs = toMs(process.startTime);
  return {
    key: `${process.pid}@${startTimeMs ?? 0}`,
    pid: process.pid,
    parentPid: process.ppid,
    startTimeMs,
    state: toState(process.state),
    user: process.user,
    command: process.command,
    commandLine: process.commandLine,
    threadCount: process.threadCount,
    cpuUtilizationRatio: process.cpuUtilizationRatio,
    cpuSeconds: process.cpuSeconds,
    residentBytes: Number(process.residentBytes),
    virtualBytes: Number(process.virtualBytes),
    memoryUtilizationRatio: process.memoryUtilizationRatio,
    nice: process.nice,
    readBytesPerSecond: process.readBytesPerSecond,
    writeBytesPerSecond: process.writeBytesPerSecond,
    executable: process.executable,
    sharedBytes: toMeasured(process.sharedBytes),
    swapBytes: toMeasured(process.swapBytes),
    openFileCount: process.openFileCount,
    container: process.container,
    unit: process.unit,
    depth: process.depth,
    ...(process.hostname !== "" && { hostId: process.name.split("/")[1] ?? "", hostname: process.hostname }),
  };
}

function toMeasured(bytes: bigint | undefined): Measured {
  return bytes === undefined ? undefined : Number(bytes);
}

const states: Readonly<Partial<Record<WireState, ProcessState>>> = {
  [WireState.RUNNING]: "running",
  [WireState.SLEEPING]: "sleeping",
  [WireState.DISK_SLEEP]: "disk sleep",
  [WireState.STOPPED]: "stopped",
  [WireState.ZOMBIE]: "zombie",
  [WireState.IDLE]: "idle",
};

function toState(state: WireState): ProcessState {
  return states[state] ?? "other";
}
