// What people change of hosts. What comes of it is seen in the stream, as if somebody else had changed it.
import { CallError } from "../api/client.ts";
import { createHostsClient, deleteHost, type HostsClient, updateHost } from "../api/hosts.ts";

let client: HostsClient | undefined;

/** Changes go to the service at `baseUrl`. */
export function startHostChanges(baseUrl: string): void {
  client = createHostsClient(baseUrl);
}

/** Forgets a host, with all that was measured of it or without. Returns why that could not be; empty if it is done. */
export function forgetHost(name: string, withData: boolean): Promise<string> {
  return reasonOf((hosts) => deleteHost(hosts, name, withData));
}

/** Gives a host a name and labels. Returns why that could not be; empty if it is done. */
export function changeHost(
  name: string,
  displayName: string,
  labels: Readonly<Record<string, string>>,
): Promise<string> {
  return reasonOf((hosts) => updateHost(hosts, name, displayName, labels));
}

async function reasonOf(change: (hosts: HostsClient) => Promise<void>): Promise<string> {
  if (client === undefined) return "there is no service yet";
  try {
    await change(client);
    return "";
  } catch (thrown) {
    return thrown instanceof CallError ? thrown.message : String(thrown);
  }
}
