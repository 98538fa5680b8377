// Hosts that people cannot tell apart by their label, such as clones of one machine, also show their id.
import type { HostInfo } from "./model.ts";

/** Ids made of /etc/machine-id; their first digits tell them apart. */
const machineId = /^[0-9a-f]{32}$/;
const shownDigits = 8;

export function distinctLabels(hosts: readonly HostInfo[]): readonly HostInfo[] {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { label } of hosts) (seen.has(label) ? shared : seen).add(label);
  return hosts.map((host) =>
    shared.has(host.label) ? { ...host, label: `${host.label} (${shortId(host.id)})` } : host,
  );
}

function shortId(id: string): string {
  return machineId.test(id) ? `${id.slice(0, shownDigits)}…` : id;
}
