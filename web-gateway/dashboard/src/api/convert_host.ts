// Host messages in plain numbers and words.
import type { Completeness, Conflict, FleetHosts, HostInfo, HostState, HostSummary } from "../lib/model.ts";
import { durationMs, toMs, toSeconds } from "./convert.ts";
import {
  type Host,
  type HostCompleteness as WireCompleteness,
  type HostConflict as WireConflict,
  HostState as WireState,
  type HostSummary as WireSummary,
} from "./gen/syspulse/v1/host_pb.js";
import type { HostList } from "./gen/syspulse/v1/live_service_pb.js";

const defaultIntervalMs = 1000;

export function toHostInfo(host: Host): HostInfo {
  const id = host.name.replace(/^hosts\//, "");
  return {
    name: host.name,
    id,
    label: host.displayName || host.hostname || id,
    displayName: host.displayName,
    hostname: host.hostname,
    osName: host.osName,
    kernelRelease: host.kernelRelease,
    architecture: host.architecture,
    coreCount: host.coreCount,
    memoryBytes: Number(host.memoryBytes),
    bootTimeMs: toMs(host.bootTime),
    agentVersion: host.agentVersion,
    sampleIntervalMs: durationMs(host.sampleInterval) || defaultIntervalMs,
    state: toState(host.state),
    lastSeenMs: toMs(host.lastSeenTime),
    limitations: host.limitations,
    labels: host.labels,
    assignedLabels: host.assignedLabels,
    ...(host.completeness && { completeness: toCompleteness(host.completeness) }),
    ...(host.clockSkew && { clockSkewMs: durationMs(host.clockSkew) }),
    ...(host.conflict && { conflict: toConflict(host.conflict) }),
    ...(host.summary && { summary: toSummary(host.summary) }),
  };
}

export function toFleetHosts(list: HostList): FleetHosts {
  const { matchedCount, onlineCount, staleCount, offlineCount } = list;
  return { rows: list.hosts.map(toHostInfo), matchedCount, onlineCount, staleCount, offlineCount };
}

function toSummary(wire: WireSummary): HostSummary {
  return {
    timeSeconds: toSeconds(wire.sampleTime) ?? 0,
    cpuRatio: wire.cpuUtilizationRatio,
    memoryRatio: wire.memoryUtilizationRatio,
    loadOneMinute: wire.loadOneMinute,
    loadPerCore: wire.loadPerCoreRatio,
    pressureRatio: wire.pressureRatio,
    diskRatio: wire.filesystemUtilizationRatio,
    diskMountpoint: wire.filesystemMountpoint,
  };
}

function toConflict({ address, hostname, sameBoot }: WireConflict): Conflict {
  return { address, hostname, sameBoot };
}

function toCompleteness(wire: WireCompleteness): Completeness {
  return {
    gapMs: durationMs(wire.gap),
    expected: Number(wire.expectedCount),
    received: Number(wire.receivedCount),
    late: Number(wire.lateCount),
    duplicate: Number(wire.duplicateCount),
    dropped: Number(wire.droppedFrameCount),
  };
}

/** A state that a newer service may send reads as unknown. */
function toState(state: WireState): HostState {
  switch (state) {
    case WireState.ONLINE:
      return "online";
    case WireState.STALE:
      return "stale";
    case WireState.OFFLINE:
      return "offline";
    default:
      return "unknown";
  }
}
