// LiveService.Watch over invented hosts: enough of its contract for the dashboard.
import { create } from "@bufbuild/protobuf";
import {
  type LiveTopic,
  type ProcessTopic,
  type SnapshotTopic,
  type WatchRequest,
  type WatchResponse,
  WatchResponseSchema,
} from "../src/api/gen/syspulse/v1/live_service_pb.js";
import { hostList, mergedProcesses } from "./fleet.ts";
import type { InventedHost } from "./invented_host.ts";

const greatestHistory = 600;

export async function* watch(
  hosts: readonly InventedHost[],
  request: WatchRequest,
  signal: AbortSignal,
): AsyncGenerator<WatchResponse> {
  for (const [index, { topic }] of request.topics.entries()) {
    if (topic.case === "snapshots") yield* history(hosts, index, topic.value);
  }
  while (!signal.aborted) {
    for (const [index, topic] of request.topics.entries()) yield currentValue(hosts, index, topic);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function* history(hosts: readonly InventedHost[], topic: number, asked: SnapshotTopic): Generator<WatchResponse> {
  const seconds = Number(asked.historyDuration?.seconds ?? 0n);
  const host = find(hosts, asked.host);
  if (seconds === 0 || host === undefined) return;
  const step = Math.max(1, Math.ceil(seconds / greatestHistory));
  const snapshots = host.past.slice(-seconds).filter((_, index) => index % step === 0);
  const value = { case: "snapshotHistory" as const, value: { host: host.name, snapshots } };
  yield create(WatchResponseSchema, { topic, value });
}

function currentValue(hosts: readonly InventedHost[], index: number, { topic }: LiveTopic): WatchResponse {
  switch (topic.case) {
    case "hosts":
      return create(WatchResponseSchema, {
        topic: index,
        value: { case: "hosts", value: hostList(hosts, topic.value) },
      });
    case "processes":
      return create(WatchResponseSchema, { topic: index, value: processes(hosts, topic.value) });
    case "snapshots": {
      const snapshot = find(hosts, topic.value.host)?.past.at(-1);
      return create(WatchResponseSchema, {
        topic: index,
        ...(snapshot === undefined ? {} : { value: { case: "snapshot", value: snapshot } }),
      });
    }
    default:
      return create(WatchResponseSchema, { topic: index });
  }
}

function processes(hosts: readonly InventedHost[], asked: ProcessTopic): WatchResponse["value"] {
  const table = asked.host === "" ? mergedProcesses(hosts, asked) : find(hosts, asked.host)?.processTable(asked);
  return table === undefined ? { case: undefined } : { case: "processTable", value: table };
}

function find(hosts: readonly InventedHost[], name: string): InventedHost | undefined {
  return hosts.find((host) => host.name === name);
}
