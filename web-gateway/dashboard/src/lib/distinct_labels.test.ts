import assert from "node:assert/strict";
import { test } from "node:test";
import { distinctLabels } from "./distinct_labels.ts";
import type { HostInfo } from "./model.ts";

function host(id: string, label: string): HostInfo {
  return {
    name: `hosts/${id}`,
    id,
    label,
    osName: "",
    kernelRelease: "",
    architecture: "",
    coreCount: 1,
    memoryBytes: 1,
    bootTimeMs: 0,
    agentVersion: "",
    sampleIntervalMs: 1000,
    state: "online",
    lastSeenMs: 0,
    limitations: [],
  };
}

test("hosts of one label show their id, others do not", () => {
  const hosts = [host("a", "vm"), host("b", "db"), host("c", "vm"), host("d", "vm")];
  assert.deepEqual(
    distinctLabels(hosts).map(({ label }) => label),
    ["vm (a)", "db", "vm (c)", "vm (d)"],
  );
  assert.deepEqual(distinctLabels([]), []);
});
