import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { toHostInfo } from "./convert_host.ts";
import { toProcessRow, toProcessTable } from "./convert_process.ts";
import { toSnapshot } from "./convert_snapshot.ts";
import { HostSchema, HostState } from "./gen/syspulse/v1/host_pb.js";
import { ProcessSchema, ProcessState, ProcessTableSchema } from "./gen/syspulse/v1/process_pb.js";
import { SnapshotSchema } from "./gen/syspulse/v1/snapshot_pb.js";

test("sizes leave as numbers, and zero stays apart from not measured", () => {
  const memory = { totalBytes: 25_265_000_448n, usedBytes: 0n };
  const snapshot = toSnapshot(create(SnapshotSchema, { memory }));
  assert.equal(snapshot.memory?.totalBytes, 25_265_000_448);
  assert.equal(snapshot.memory?.usedBytes, 0);
  assert.equal(snapshot.memory?.freeBytes, undefined);
  assert.equal(snapshot.swap, undefined);
});

test("only the modes that were measured are there", () => {
  const snapshot = toSnapshot(create(SnapshotSchema, { cpu: { coreCount: 2, modes: { userRatio: 0 } } }));
  assert.deepEqual(snapshot.cpu?.modeRatios, { user: 0 });
  assert.equal(snapshot.cpu?.utilizationRatio, undefined);
});

test("times keep their fraction", () => {
  const sampleTime = { seconds: 1_700_000_000n, nanos: 250_000_000 };
  assert.equal(toSnapshot(create(SnapshotSchema, { sampleTime })).timeSeconds, 1_700_000_000.25);
});

test("a host is called by its display name, else its hostname, else its id", () => {
  const host = create(HostSchema, { name: "hosts/abc", hostname: "web-1", displayName: "Shop" });
  assert.equal(toHostInfo(host).label, "Shop");
  assert.equal(toHostInfo({ ...host, displayName: "" }).label, "web-1");
  assert.equal(toHostInfo({ ...host, displayName: "", hostname: "" }).label, "abc");
  assert.equal(toHostInfo(host).id, "abc");
});

test("states of a newer service are unknown, not wrong", () => {
  assert.equal(toHostInfo(create(HostSchema, { state: HostState.STALE })).state, "stale");
  assert.equal(toHostInfo(Object.assign(create(HostSchema), { state: 99 })).state, "unknown");
  assert.equal(toProcessRow(create(ProcessSchema, { state: ProcessState.ZOMBIE })).state, "zombie");
  assert.equal(toProcessRow(Object.assign(create(ProcessSchema), { state: 99 })).state, "other");
});

test("a host says how much of its samples is there, if it ever sent one", () => {
  const completeness = {
    expectedCount: 3600n,
    receivedCount: 3598n,
    lateCount: 30n,
    duplicateCount: 1n,
    droppedFrameCount: 4n,
    gap: { seconds: 2n, nanos: 500_000_000 },
  };
  assert.deepEqual(toHostInfo(create(HostSchema, { completeness })).completeness, {
    gapMs: 2500,
    expected: 3600,
    received: 3598,
    late: 30,
    duplicate: 1,
    dropped: 4,
  });
  assert.equal(toHostInfo(create(HostSchema, {})).completeness, undefined);
});

test("what the agent could not read of a process stays apart from none", () => {
  const known = toProcessRow(create(ProcessSchema, { swapBytes: 0n, sharedBytes: 4096n, openFileCount: 0 }));
  assert.deepEqual([known.swapBytes, known.sharedBytes, known.openFileCount], [0, 4096, 0]);
  const unknown = toProcessRow(create(ProcessSchema));
  assert.deepEqual([unknown.swapBytes, unknown.sharedBytes, unknown.openFileCount], [undefined, undefined, undefined]);
  assert.equal(toProcessTable(create(ProcessTableSchema, { partial: true })).partial, true);
});

test("a pid that is used again is another process", () => {
  const first = toProcessRow(create(ProcessSchema, { pid: 7, startTime: { seconds: 1n } }));
  const second = toProcessRow(create(ProcessSchema, { pid: 7, startTime: { seconds: 2n } }));
  assert.notEqual(first.key, second.key);
});
