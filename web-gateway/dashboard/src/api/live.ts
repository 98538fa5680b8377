// LiveService: everything that one tab shows, in one stream.
import { create } from "@bufbuild/protobuf";
import { DurationSchema, FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import { ConnectError } from "@connectrpc/connect";
import { distinctLabels } from "../lib/distinct_labels.ts";
import type { FleetHosts, HostInfo, ProcessTable, Snapshot } from "../lib/model.ts";
import type { GridValues, WatchedExpression } from "../lib/query_model.ts";
import { type LiveClient, toCallError } from "./client.ts";
import { toFleetHosts, toHostInfo } from "./convert_host.ts";
import { toProcessTable } from "./convert_process.ts";
import { toSnapshot } from "./convert_snapshot.ts";
import {
  type LiveTopic,
  LiveTopicSchema,
  type TopicError,
  type WatchResponse,
} from "./gen/syspulse/v1/live_service_pb.js";
import { timestamp, toGrid } from "./query.ts";

/** What a tab wants to see of all hosts. */
export interface FleetQuery {
  /** As ListHosts takes them. */
  readonly filter: string;
  readonly orderBy: string;
  readonly skip: number;
  readonly limit: number;
  /** Of the processes of all hosts, merged. */
  readonly processOrderBy: string;
  readonly processLimit: number;
}

/** What a tab wants to see. */
export interface LiveQuery {
  /** Of all hosts, rather than of one. */
  readonly fleet?: FleetQuery;
  /** The host's resource name, `hosts/{host}`; empty for the list of hosts alone. */
  readonly host: string;
  /** How much of the past to send first; none if zero. */
  readonly historySeconds: number;
  /** Whether that past holds each core by itself. */
  readonly historyOfCores: boolean;
  /** A field of Process, with ` desc` for the greatest first. */
  readonly orderBy: string;
  readonly filter: string;
  readonly limit: number;
  /** Each process below its parent. */
  readonly tree: boolean;
  /** Expressions in PromQL. */
  readonly expressions: readonly WatchedExpression[];
}

export type LiveEvent =
  | { readonly kind: "hosts"; readonly hosts: readonly HostInfo[] }
  | { readonly kind: "fleet"; readonly hosts: FleetHosts }
  /** The list of all hosts cannot be had as it was asked for, such as with a filter that is half written. */
  | { readonly kind: "fleetProblem"; readonly reason: string }
  | { readonly kind: "history"; readonly host: string; readonly snapshots: readonly Snapshot[] }
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot }
  | { readonly kind: "processes"; readonly host: string; readonly table: ProcessTable }
  | { readonly kind: "values"; readonly expression: string; readonly values: GridValues }
  /** Nothing more comes of this expression, while all else goes on. */
  | { readonly kind: "ended"; readonly expression: string; readonly reason: string };

/** Spares tabs the samples of faster agents, and asks slower ones for more while somebody looks. */
const snapshotInterval = { seconds: 1n, nanos: 0 };
/** Nobody reads a table that changes faster. */
const fleetInterval = { seconds: 2n, nanos: 0 };
const pastPaths = ["host", "sample_time", "load", "memory", "pressure", "disks", "networks"];
const nowPaths = [...pastPaths, "uptime_seconds", "cpu", "swap", "filesystems", "top_processes"];
const cpuWithoutCores = ["cpu.utilization_ratio", "cpu.modes", "cpu.core_count"];

/**
 * Yields what the service sends until `signal` is aborted or the stream ends. Throws CallError, also when the service
 * ends the stream in good order: then it stops, and there will be another.
 */
export async function* watchLive(
  client: LiveClient,
  query: LiveQuery,
  signal: AbortSignal,
): AsyncGenerator<LiveEvent, void, undefined> {
  const topics = topicsOf(query);
  try {
    for await (const response of client.watch({ topics }, { signal })) {
      const event = toEvent(response, topics[response.topic]);
      if (event !== undefined) yield event;
    }
  } catch (thrown) {
    if (signal.aborted) return;
    throw toCallError(thrown);
  }
}

function topicsOf(query: LiveQuery): LiveTopic[] {
  if (query.fleet !== undefined) return fleetTopics(query.fleet);
  return [...hostTopics(query), ...query.expressions.map(expressionTopic)];
}

function fleetTopics({ filter, orderBy, skip, limit, processOrderBy, processLimit }: FleetQuery): LiveTopic[] {
  const summaryInterval = create(DurationSchema, fleetInterval);
  const hosts = { filter, orderBy, skip, limit, summaryInterval };
  const processes = { orderBy: processOrderBy, limit: processLimit, interval: create(DurationSchema, fleetInterval) };
  return [
    create(LiveTopicSchema, { topic: { case: "hosts", value: hosts } }),
    create(LiveTopicSchema, { topic: { case: "processes", value: processes } }),
  ];
}

function expressionTopic({ expression, stepSeconds, historySeconds }: WatchedExpression): LiveTopic {
  const value = { query: expression, step: timestamp(stepSeconds), historyDuration: timestamp(historySeconds) };
  return create(LiveTopicSchema, { topic: { case: "query", value } });
}

function hostTopics(query: LiveQuery): LiveTopic[] {
  const hosts = create(LiveTopicSchema, { topic: { case: "hosts", value: {} } });
  if (query.host === "") return [hosts];
  const { host, orderBy, filter, limit, tree } = query;
  const processes = create(LiveTopicSchema, {
    topic: { case: "processes", value: { host, orderBy, filter, limit, tree } },
  });
  return [hosts, snapshotTopic(query), processes];
}

function snapshotTopic(query: LiveQuery): LiveTopic {
  const cpuPaths = query.historyOfCores ? ["cpu"] : cpuWithoutCores;
  return create(LiveTopicSchema, {
    topic: {
      case: "snapshots",
      value: {
        host: query.host,
        readMask: create(FieldMaskSchema, { paths: nowPaths }),
        interval: create(DurationSchema, snapshotInterval),
        historyDuration: create(DurationSchema, { seconds: BigInt(Math.ceil(query.historySeconds)) }),
        historyMask: create(FieldMaskSchema, { paths: [...pastPaths, ...cpuPaths] }),
      },
    },
  });
}

/** What the page cannot do without is as if the stream had been refused. */
export function toProblem(about: LiveTopic | undefined, { code, message }: TopicError): LiveEvent {
  switch (about?.topic.case) {
    case "query":
      return { kind: "ended", expression: about.topic.value.query, reason: message };
    case "hosts":
      return { kind: "fleetProblem", reason: message };
    default:
      throw new ConnectError(message, code);
  }
}

/** Values of a kind that a newer service may send are left out. */
function toEvent({ value }: WatchResponse, about: LiveTopic | undefined): LiveEvent | undefined {
  const expression = about?.topic.case === "query" ? about.topic.value.query : "";
  switch (value.case) {
    case "hosts":
      if (about?.topic.case === "hosts" && about.topic.value.summaryInterval !== undefined) {
        const hosts = toFleetHosts(value.value);
        return { kind: "fleet", hosts: { ...hosts, rows: distinctLabels(hosts.rows) } };
      }
      return { kind: "hosts", hosts: distinctLabels(value.value.hosts.map(toHostInfo)) };
    case "snapshotHistory":
      return { kind: "history", host: value.value.host, snapshots: value.value.snapshots.map(toSnapshot) };
    case "snapshot":
      return { kind: "snapshot", snapshot: toSnapshot(value.value) };
    case "processTable":
      return { kind: "processes", host: value.value.host, table: toProcessTable(value.value) };
    case "queryUpdate":
      return { kind: "values", expression, values: toGrid(value.value) };
    case "topicError":
      return toProblem(about, value.value);
    default:
      return undefined;
  }
}
