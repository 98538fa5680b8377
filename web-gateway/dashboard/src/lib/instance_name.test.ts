import assert from "node:assert/strict";
import { test } from "node:test";
import { instanceName } from "./instance_name.ts";
import type { HostInfo } from "./model.ts";

const host = (id: string, hostname: string): HostInfo => ({ id, hostname }) as HostInfo;

test("hosts that share a hostname are told apart by their id, as in PromQL", () => {
  const all = [host("a", "web"), host("b", "web"), host("c", "db")];
  assert.deepEqual(
    all.map((one) => instanceName(one, all)),
    ["web/a", "web/b", "db"],
  );
});
