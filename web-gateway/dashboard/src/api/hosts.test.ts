import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ConnectError, createRouterTransport, type ServiceImpl } from "@connectrpc/connect";
import { CallError } from "./client.ts";
import { HostService, type UpdateHostRequest } from "./gen/syspulse/v1/host_service_pb.js";
import { deleteHost, type HostsClient, hostsClient, updateHost } from "./hosts.ts";

function clientOf(service: Partial<ServiceImpl<typeof HostService>>): HostsClient {
  return hostsClient(createRouterTransport((router) => router.service(HostService, service)));
}

test("data stays unless it is to be deleted", async () => {
  const asked: [string, boolean][] = [];
  const client = clientOf({
    deleteHost: ({ name, deleteHistory }) => {
      asked.push([name, deleteHistory]);
      return {};
    },
  });
  await deleteHost(client, "hosts/db-1", false);
  await deleteHost(client, "hosts/db-2", true);
  assert.deepEqual(asked, [
    ["hosts/db-1", false],
    ["hosts/db-2", true],
  ]);
});

test("a name and labels that are empty take away what was given before", async () => {
  const asked: UpdateHostRequest[] = [];
  const client = clientOf({
    updateHost: (request) => {
      asked.push(request);
      return {};
    },
  });
  await updateHost(client, "hosts/db-1", "", {});
  assert.equal(asked[0]?.host?.name, "hosts/db-1");
  assert.deepEqual(asked[0]?.updateMask?.paths, ["display_name", "labels"]);
});

test("a refusal is told in the service's own words", async () => {
  const client = clientOf({
    deleteHost: () => {
      throw new ConnectError("rpc DeleteHost changes something", Code.PermissionDenied);
    },
  });
  await assert.rejects(
    deleteHost(client, "hosts/db-1", false),
    (thrown) => thrown instanceof CallError && thrown.message === "rpc DeleteHost changes something" && thrown.refused,
  );
});
