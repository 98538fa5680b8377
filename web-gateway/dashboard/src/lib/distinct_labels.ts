// Hosts that people cannot tell apart by their label, such as clones of one machine, also show their id.
import type { HostInfo } from "./model.ts";

export function distinctLabels(hosts: readonly HostInfo[]): readonly HostInfo[] {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { label } of hosts) (seen.has(label) ? shared : seen).add(label);
  return hosts.map((host) => (shared.has(host.label) ? { ...host, label: `${host.label} (${host.id})` } : host));
}
