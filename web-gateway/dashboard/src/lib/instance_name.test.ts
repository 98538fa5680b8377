import assert from "node:assert/strict";
import { test } from "node:test";
import { instanceName } from "./instance_name.ts";
import type { HostInfo } from "./model.ts";

const host = (id: string, hostname: string, agentVersion = "1.0"): HostInfo =>
  ({ id, hostname, agentVersion }) as HostInfo;
const names = (...all: HostInfo[]) => all.map((one) => instanceName(one, all));

test("hosts that share a hostname are told apart by their id, as in PromQL", () => {
  assert.deepEqual(names(host("a", "web"), host("b", "web"), host("c", "db")), ["web/a", "web/b", "db"]);
});

test("a host without an agent takes no name from one that has an agent", () => {
  assert.deepEqual(names(host("a", "web"), host("b", "web", "")), ["web", "web/b"]);
  assert.deepEqual(names(host("a", "web", ""), host("b", "web", "")), ["web/a", "web/b"]);
  assert.deepEqual(names(host("a", "web", "")), ["web"]);
});
