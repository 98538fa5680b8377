import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { CallError } from "./client.ts";
import { type DeleteHostRequest, HostService } from "./gen/syspulse/v1/host_service_pb.js";
import { deleteHost, type HostsClient, hostsClient } from "./hosts.ts";

function clientOf(answer: (request: DeleteHostRequest) => void): HostsClient {
  const transport = createRouterTransport(({ service }) => {
    service(HostService, {
      deleteHost: (request) => {
        answer(request);
        return {};
      },
    });
  });
  return hostsClient(transport);
}

test("data stays unless it is to be deleted", async () => {
  const asked: [string, boolean][] = [];
  const client = clientOf(({ name, deleteHistory }) => asked.push([name, deleteHistory]));
  await deleteHost(client, "hosts/db-1", false);
  await deleteHost(client, "hosts/db-2", true);
  assert.deepEqual(asked, [
    ["hosts/db-1", false],
    ["hosts/db-2", true],
  ]);
});

test("a refusal is told in the service's own words", async () => {
  const client = clientOf(() => {
    throw new ConnectError("rpc DeleteHost changes something", Code.PermissionDenied);
  });
  await assert.rejects(
    deleteHost(client, "hosts/db-1", false),
    (thrown) => thrown instanceof CallError && thrown.message === "rpc DeleteHost changes something" && thrown.refused,
  );
});
