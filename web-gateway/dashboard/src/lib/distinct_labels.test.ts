import assert from "node:assert/strict";
import { test } from "node:test";
import { distinctLabels } from "./distinct_labels.ts";
import type { HostInfo } from "./model.ts";

function host(id: string, label: string): HostInfo {
  return {
    name: `hosts/${id}`,
    id,
    label,
    hostname: label,
    displayName: "",
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
    labels: {},
    assignedLabels: {},
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

test("of an id that is a machine's its first digits are shown, any other is shown whole", () => {
  const hosts = [host("0123456789abcdef0123456789abcdef", "vm"), host("production-web-server-number-1", "vm")];
  assert.deepEqual(
    distinctLabels(hosts).map(({ label }) => label),
    ["vm (01234567…)", "vm (production-web-server-number-1)"],
  );
});
