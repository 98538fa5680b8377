// HostService: what people change of hosts. Lists of them come in the stream.
import { type Client, createClient, type Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { HostService } from "./gen/syspulse/v1/host_service_pb.js";
import { called } from "./query.ts";

export type HostsClient = Client<typeof HostService>;

/** A client that talks gRPC-Web, binary, to `baseUrl`. */
export function createHostsClient(baseUrl: string): HostsClient {
  return hostsClient(createGrpcWebTransport({ baseUrl, useBinaryFormat: true }));
}

export function hostsClient(transport: Transport): HostsClient {
  return createClient(HostService, transport);
}

/** Data is deleted once that survives a crash, for which a slow disk may take a while. */
const timeoutMs = 60_000;

/** Gives a host a name for people, none if it is empty, and labels in place of those it was given. Throws CallError. */
export async function updateHost(
  client: HostsClient,
  name: string,
  displayName: string,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  const updateMask = { paths: ["display_name", "labels"] };
  await called(client.updateHost({ host: { name, displayName, labels: { ...labels } }, updateMask }, { timeoutMs }));
}

/** Forgets a host, and all that was measured of it if that is asked for. Throws CallError. */
export async function deleteHost(client: HostsClient, name: string, deleteHistory: boolean): Promise<void> {
  await called(client.deleteHost({ name, deleteHistory }, { timeoutMs }));
}
