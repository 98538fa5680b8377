import assert from "node:assert/strict";
import { test } from "node:test";
import type { Snapshot } from "./model.ts";
import { snapshotRow } from "./snapshot_columns.ts";

const nothing: Snapshot = {
  host: "hosts/a",
  timeSeconds: 1,
  uptimeSeconds: undefined,
  cpu: undefined,
  load: undefined,
  memory: undefined,
  swap: undefined,
  pressure: undefined,
  filesystems: [],
  disks: [],
  networks: [],
  busiest: undefined,
};

test("a snapshot without values gives a row without values", () => {
  assert.equal(snapshotRow(nothing).size, 0);
});

test("a first sample without rates leaves gaps, not zeros", () => {
  const cpu = { utilizationRatio: undefined, modeRatios: {}, coreCount: 2, cores: [] };
  assert.deepEqual(snapshotRow({ ...nothing, cpu }), new Map([["load.cores", 2]]));
});

test("used, cache and free memory add up to the total", () => {
  const memory = {
    totalBytes: 100,
    usedBytes: 60,
    freeBytes: 15,
    availableBytes: 40,
    utilizationRatio: 0.6,
  };
  const row = snapshotRow({ ...nothing, memory });
  assert.deepEqual(
    row,
    new Map([
      ["memory.used", 60],
      ["memory.cache", 25],
      ["memory.free", 15],
    ]),
  );
});

test("more free than available memory never makes the stack pass the total", () => {
  const memory = { totalBytes: 100, usedBytes: 60, freeBytes: 50, availableBytes: 40, utilizationRatio: 0.6 };
  const row = snapshotRow({ ...nothing, memory });
  assert.equal(
    [...row.values()].reduce((sum, value) => sum + value, 0),
    100,
  );
});

test("what goes out is negative", () => {
  const networks = [{ device: "eth0", receiveBytesPerSecond: 10, transmitBytesPerSecond: 20 }];
  const disks = [
    { device: "sda", readBytesPerSecond: 0, writeBytesPerSecond: 0, utilizationRatio: 0.5 },
    { device: "sdb", readBytesPerSecond: undefined, writeBytesPerSecond: undefined, utilizationRatio: undefined },
  ];
  assert.deepEqual(
    snapshotRow({ ...nothing, networks, disks }),
    new Map([
      ["network.in/eth0", 10],
      ["network.out/eth0", -20],
      ["disk.read/sda", 0],
      ["disk.write/sda", 0],
      ["disk.use/sda", 0.5],
    ]),
  );
});
