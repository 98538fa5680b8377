// What PromQL calls a host.
import type { HostInfo } from "./model.ts";

/**
 * The value of the label `instance`: the hostname, or `{hostname}/{id}` where several hosts share that. One that has an
 * agent shares it with no host that has none. As in services/model/instance_names.h.
 */
export function instanceName(host: HostInfo, all: readonly HostInfo[]): string {
  const sharing = all.filter(({ hostname }) => hostname === host.hostname);
  const withAgent = sharing.filter(({ agentVersion }) => agentVersion !== "").length;
  const alone = host.agentVersion === "" ? sharing.length === 1 : withAgent === 1;
  return alone ? host.hostname : `${host.hostname}/${host.id}`;
}
