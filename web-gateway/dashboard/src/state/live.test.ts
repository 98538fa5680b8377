import assert from "node:assert/strict";
import { beforeEach, type TestContext, test } from "node:test";
import { CallError } from "../api/client.ts";
import type { HostInfo, HostState, Snapshot } from "../lib/model.ts";
import { connection, forgetHost, hostName, onEvent, onLost, onResumed, processes, snapshot } from "./live.ts";
import { past } from "./past.ts";
import { startView } from "./view.ts";
import { watchExpressions } from "./watched.ts";

function hostInfo(id: string, state: HostState): HostInfo {
  return {
    name: `hosts/${id}`,
    id,
    label: id,
    hostname: id,
    displayName: "",
    osName: "",
    kernelRelease: "",
    architecture: "",
    coreCount: 2,
    memoryBytes: 0,
    bootTimeMs: undefined,
    agentVersion: "",
    sampleIntervalMs: 1000,
    state,
    lastSeenMs: 5000,
    limitations: [],
    labels: {},
    assignedLabels: {},
  };
}

function sample(timeSeconds: number, ratio: number | "none" = 0.5, host = "hosts/a"): Snapshot {
  const utilizationRatio = ratio === "none" ? undefined : ratio;
  const modeRatios = utilizationRatio === undefined ? {} : { user: utilizationRatio };
  return {
    host,
    timeSeconds,
    uptimeSeconds: undefined,
    cpu: { utilizationRatio, modeRatios, coreCount: 2, cores: [] },
    load: undefined,
    memory: undefined,
    swap: undefined,
    pressure: undefined,
    filesystems: [],
    disks: [],
    networks: [],
    busiest: undefined,
  };
}

/** Shows what the URL says, until the test ends. */
function openPage(t: TestContext, search: string): void {
  const browser = { location: { search }, addEventListener: () => {}, removeEventListener: () => {} };
  Object.assign(globalThis, browser);
  startView()();
  t.after(() => {
    browser.location.search = "";
    startView()();
  });
}

beforeEach(() => {
  onLost(undefined);
  onResumed();
  forgetHost();
  onEvent({ kind: "hosts", hosts: [hostInfo("a", "online"), hostInfo("b", "offline")] });
});

test("without a host in the URL the first that is online is on screen, and stays when it goes offline", () => {
  onEvent({ kind: "hosts", hosts: [hostInfo("b", "online")] });
  assert.equal(hostName.value, "hosts/b");
  onEvent({ kind: "hosts", hosts: [hostInfo("a", "online"), hostInfo("b", "offline")] });
  assert.equal(hostName.value, "hosts/b");
  onEvent({ kind: "hosts", hosts: [hostInfo("a", "online")] });
  assert.equal(hostName.value, "hosts/a");
});

test("the host with the id that the URL names is on screen, whatever others are called", (t) => {
  openPage(t, "?host=b");
  onEvent({ kind: "hosts", hosts: [{ ...hostInfo("a", "online"), label: "b" }, hostInfo("b", "online")] });
  assert.equal(hostName.value, "hosts/b");
  onEvent({ kind: "hosts", hosts: [{ ...hostInfo("a", "online"), label: "b" }] });
  assert.equal(hostName.value, "hosts/a");
});

test("a host that a link names by its hostname stays on screen when it is given a name", (t) => {
  openPage(t, "?host=web-1");
  const web = { ...hostInfo("a", "online"), hostname: "web-1", label: "web-1" };
  onEvent({ kind: "hosts", hosts: [web, hostInfo("b", "online")] });
  assert.equal(hostName.value, "hosts/a");
  onEvent({ kind: "hosts", hosts: [{ ...web, displayName: "Shop", label: "Shop" }, hostInfo("b", "online")] });
  assert.equal(hostName.value, "hosts/a");
});

test("values of another host, still on their way, are left out", () => {
  onEvent({ kind: "hosts", hosts: [hostInfo("a", "online")] });
  onEvent({ kind: "snapshot", snapshot: sample(10, 0.5, "hosts/b") });
  onEvent({ kind: "history", host: "hosts/b", snapshots: [sample(8), sample(9)] });
  assert.equal(snapshot.value, undefined);
  assert.equal(processes.value, undefined);
  assert.equal(past.value.ring.length, 0);
});

test("the past and the newest snapshot make one line", () => {
  onEvent({ kind: "hosts", hosts: [hostInfo("a", "online")] });
  onEvent({ kind: "history", host: "hosts/a", snapshots: [sample(8, 0.1), sample(9, 0.2)] });
  onEvent({ kind: "snapshot", snapshot: sample(10, 0.3) });
  assert.deepEqual([...past.value.ring.column("cpu.user")], [0.1, 0.2, 0.3]);
});

test("the oldest sample of a past, which has no rates, leaves no hole in the lines", () => {
  onEvent({ kind: "hosts", hosts: [hostInfo("a", "online")] });
  onEvent({ kind: "history", host: "hosts/a", snapshots: [sample(1, 0.1), sample(2, 0.2)] });
  onEvent({ kind: "history", host: "hosts/a", snapshots: [sample(3, "none"), sample(4, 0.4)] });
  assert.deepEqual([...past.value.ring.column("cpu.user")], [0.1, 0.2, 0.4]);
});

test("a refused call is down at once, with the service's own words", () => {
  onLost(new CallError("an API key is needed", true));
  assert.equal(connection.value.kind, "down");
  assert.equal(connection.value.kind === "down" && connection.value.reason, "an API key is needed");
});

test("a first message makes the page live again", () => {
  onLost(new CallError("reset", false));
  assert.equal(connection.value.kind, "reconnecting");
  onEvent({ kind: "hosts", hosts: [hostInfo("a", "online")] });
  assert.equal(connection.value.kind, "live");
});

test("a host that the service does not hear is stale since it last did", () => {
  onEvent({ kind: "hosts", hosts: [hostInfo("a", "offline")] });
  assert.deepEqual(connection.value, { kind: "stale", sinceMs: 5000 });
});

test("values of expressions reach who watches them, and so does what becomes of the stream", () => {
  const heard: string[] = [];
  watchExpressions("key", {
    watched: () => [],
    onValues: (expression) => heard.push(`values of ${expression}`),
    onEnded: (expression, reason) => heard.push(`${expression} ended: ${reason}`),
    onLost: () => heard.push("lost"),
    onRefused: (reason) => heard.push(`refused: ${reason}`),
  });
  const values = { startSeconds: 1, stepSeconds: 1, stepCount: 1, series: [], notes: [] };
  onEvent({ kind: "values", expression: "up", values });
  onEvent({ kind: "ended", expression: "up", reason: "too slow" });
  onLost(new CallError("the gateway does not answer", false));
  onLost(new CallError("too many expressions", false, true));
  onLost(new CallError("no", true));
  assert.deepEqual(heard, [
    "values of up",
    "up ended: too slow",
    "lost",
    "refused: too many expressions",
    "refused: no",
  ]);
});
