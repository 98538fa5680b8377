import assert from "node:assert/strict";
import { test } from "node:test";
import { type ConnectionFacts, connectionState } from "./connection_state.ts";

const open: ConnectionFacts = {
  openedAtMs: 1000,
  lostAtMs: 0,
  snapshotAtMs: 60_000,
  hostSilentSinceMs: undefined,
  intervalMs: 1000,
  reason: "",
  refused: false,
};

test("a stream that brings snapshots is live since it opened", () => {
  assert.deepEqual(connectionState(open, 61_000), { kind: "live", sinceMs: 1000 });
});

test("a silent host is stale since its last snapshot", () => {
  assert.deepEqual(connectionState(open, 65_001), { kind: "stale", sinceMs: 60_000 });
});

test("a host that samples slowly is not stale between two samples", () => {
  assert.equal(connectionState({ ...open, intervalMs: 10_000 }, 90_000).kind, "live");
  assert.equal(connectionState({ ...open, intervalMs: 10_000 }, 95_001).kind, "stale");
});

test("a host that never sent anything is stale since the stream opened", () => {
  assert.deepEqual(connectionState({ ...open, snapshotAtMs: undefined }, 7000), { kind: "stale", sinceMs: 1000 });
});

test("a lost connection is reconnecting, and down after ten seconds", () => {
  const lost = { ...open, openedAtMs: undefined, lostAtMs: 70_000, reason: "connection refused" };
  assert.deepEqual(connectionState(lost, 75_000), { kind: "reconnecting", sinceMs: 70_000 });
  assert.deepEqual(connectionState(lost, 80_001), { kind: "down", sinceMs: 70_000, reason: "connection refused" });
});

test("a refusal is down at once", () => {
  const refused = { ...open, openedAtMs: undefined, lostAtMs: 70_000, reason: "no key", refused: true };
  assert.equal(connectionState(refused, 70_001).kind, "down");
});

test("a host that the service does not hear is stale, whatever the stream sent first", () => {
  assert.deepEqual(connectionState({ ...open, hostSilentSinceMs: 500 }, 60_100), { kind: "stale", sinceMs: 500 });
});

test("a stream that has just opened again is not stale for want of its first snapshot", () => {
  const reopened = { ...open, openedAtMs: 90_000 };
  assert.equal(connectionState(reopened, 90_500).kind, "live");
  assert.equal(connectionState(reopened, 91_001).kind, "stale");
});
