// What PromQL calls a host.
import type { HostInfo } from "./model.ts";

/** The value of the label `instance`: the hostname, or `{hostname}/{id}` where several hosts share that. */
export function instanceName(host: HostInfo, all: readonly HostInfo[]): string {
  const sharing = all.filter(({ hostname }) => hostname === host.hostname).length;
  return sharing > 1 ? `${host.hostname}/${host.id}` : host.hostname;
}
