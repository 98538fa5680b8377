// Which host a link means.
import type { HostInfo } from "./model.ts";

/**
 * The host with this id, else the one that the page calls so, else the one with this hostname: a link by hostname goes on
 * working when people give the host a name. None if several are called so.
 */
export function hostCalled(wanted: string, all: readonly HostInfo[]): HostInfo | undefined {
  const known = all.find(({ id }) => id === wanted) ?? all.find(({ label }) => label === wanted);
  if (known !== undefined) return known;
  // Labels that several hosts share show the ids as well, so they are compared without.
  const named = all.filter(({ displayName, hostname }) => (displayName || hostname) === wanted);
  const found = named.length > 0 ? named : all.filter(({ hostname }) => hostname === wanted);
  return found.length === 1 ? found[0] : undefined;
}
