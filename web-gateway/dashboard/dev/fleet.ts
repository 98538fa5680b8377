// All invented hosts at once: their list, their processes merged, and the changes that people make.
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { type Host, HostState } from "../src/api/gen/syspulse/v1/host_pb.js";
import type { DeleteHostRequest, UpdateHostRequest } from "../src/api/gen/syspulse/v1/host_service_pb.js";
import {
  type HostList,
  HostListSchema,
  type HostTopic,
  type ProcessTopic,
} from "../src/api/gen/syspulse/v1/live_service_pb.js";
import { type ProcessTable, ProcessTableSchema } from "../src/api/gen/syspulse/v1/process_pb.js";
import type { InventedHost } from "./invented_host.ts";
import { byField, processCount } from "./invented_processes.ts";

/** The list, in the order of names: filters and orders are the service's. */
export function hostList(hosts: readonly InventedHost[], { skip, limit, summaryInterval }: HostTopic): HostList {
  const all = hosts.map((host) => host.identity(summaryInterval !== undefined));
  const count = (wanted: HostState): number => all.filter(({ state }) => state === wanted).length;
  return create(HostListSchema, {
    hosts: all.slice(skip, limit === 0 ? undefined : skip + limit),
    matchedCount: all.length,
    onlineCount: count(HostState.ONLINE),
    staleCount: count(HostState.STALE),
    offlineCount: count(HostState.OFFLINE),
  });
}

export function mergedProcesses(hosts: readonly InventedHost[], asked: ProcessTopic): ProcessTable {
  const heard = hosts.filter(({ state }) => state !== HostState.OFFLINE);
  const processes = heard.flatMap((host) =>
    host.processTable(asked).processes.map((process) => ({
      ...process,
      name: `${host.name}/processes/${process.pid}`,
      hostname: host.hostname,
    })),
  );
  return create(ProcessTableSchema, {
    totals: { processCount: heard.length * processCount },
    processes: processes.sort(byField(asked.orderBy)).slice(0, asked.limit),
  });
}

export function deleteHost(hosts: InventedHost[], { name }: DeleteHostRequest): void {
  hosts.splice(hosts.indexOf(found(hosts, name)), 1);
}

export function updateHost(hosts: readonly InventedHost[], { host: wanted, updateMask }: UpdateHostRequest): Host {
  const host = found(hosts, wanted?.name ?? "");
  for (const path of updateMask?.paths ?? []) {
    if (path === "labels") host.assignedLabels = wanted?.labels ?? {};
    else host.displayName = wanted?.displayName ?? "";
  }
  return host.identity(false);
}

function found(hosts: readonly InventedHost[], name: string): InventedHost {
  const host = hosts.find((known) => known.name === name);
  if (host === undefined) throw new ConnectError(`there is no host '${name}'`, Code.NotFound);
  return host;
}
