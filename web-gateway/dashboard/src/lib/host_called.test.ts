import assert from "node:assert/strict";
import { test } from "node:test";
import { distinctLabels } from "./distinct_labels.ts";
import { hostCalled } from "./host_called.ts";
import type { HostInfo } from "./model.ts";

function host(id: string, hostname: string, displayName = ""): HostInfo {
  return {
    name: `hosts/${id}`,
    id,
    label: displayName || hostname || id,
    hostname,
    displayName,
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

/** The id of the host that a link means, among hosts as the page has them. */
const idOf = (wanted: string, ...all: readonly HostInfo[]): string | undefined =>
  hostCalled(wanted, distinctLabels(all))?.id;

test("a link by hostname goes on working when the host is given a name", () => {
  assert.equal(idOf("web-1", host("a", "web-1"), host("b", "web-2")), "a");
  assert.equal(idOf("web-1", host("a", "web-1", "Shop"), host("b", "web-2")), "a");
  assert.equal(idOf("Shop", host("a", "web-1", "Shop"), host("b", "web-2")), "a");
});

test("an id comes before a name, and a name before a hostname", () => {
  assert.equal(idOf("x", host("a", "x"), host("b", "web-2", "x"), host("x", "web-3")), "x");
  assert.equal(idOf("web-1", host("a", "web-1", "Shop"), host("b", "web-2", "web-1")), "b");
});

test("what several hosts are called means none of them", () => {
  assert.equal(idOf("vm", host("a", "vm"), host("b", "vm")), undefined);
  assert.equal(idOf("vm", host("a", "vm", "Shop"), host("b", "vm", "Till")), undefined);
  assert.equal(idOf("Shop", host("a", "web-1", "Shop"), host("b", "web-2", "Shop")), undefined);
  assert.equal(idOf("web-1", host("a", "web-1"), host("b", "web-2", "web-1")), undefined);
  assert.equal(idOf("vm (a)", host("a", "vm"), host("b", "vm")), "a", "as the page shows it");
});

test("nobody is meant by what nobody is called", () => {
  assert.equal(idOf("web-9", host("a", "web-1", "Shop")), undefined);
});
