import assert from "node:assert/strict";
import { test } from "node:test";
import type { Snapshot } from "./model.ts";
import { tilesOf } from "./tiles.ts";

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

function tile(id: string, change: Partial<Snapshot>): { value: string; details: readonly string[]; ratio: unknown } {
  const found = tilesOf({ ...nothing, ...change }).find((each) => each.id === id);
  assert.ok(found);
  return found;
}

test("before the first snapshot every tile shows a dash and no meter", () => {
  for (const { value, ratio } of tilesOf(undefined)) {
    assert.equal(value, "–");
    assert.equal(ratio, undefined);
  }
});

test("load is compared with the cores", () => {
  const cpu = { utilizationRatio: 0.5, modeRatios: {}, coreCount: 4, cores: [] };
  const load = { oneMinute: 3, fiveMinutes: 2, fifteenMinutes: 1 };
  assert.equal(tile("load", { cpu, load }).ratio, 0.75);
  assert.equal(tile("load", { load }).ratio, undefined);
});

test("the busiest disk is on the tile, whatever their order", () => {
  const disk = { readBytesPerSecond: 0, writeBytesPerSecond: 0 };
  const disks = [
    { ...disk, device: "sda", utilizationRatio: 0.1 },
    { ...disk, device: "sdb", utilizationRatio: 0.8 },
    { ...disk, device: "sdc", utilizationRatio: undefined },
  ];
  assert.equal(tile("disk", { disks }).value, "80.0 %");
});

test("the loopback is no traffic of the host", () => {
  const networks = [
    { device: "lo", receiveBytesPerSecond: 5000, transmitBytesPerSecond: 5000 },
    { device: "eth0", receiveBytesPerSecond: 100, transmitBytesPerSecond: 200 },
  ];
  assert.equal(tile("network", { networks }).value, "100 B/s");
  assert.deepEqual(tile("network", { networks }).details, ["out 200 B/s", "1 interface"]);
});

test("a host without swap says so instead of showing zero", () => {
  const swap = {
    totalBytes: 0,
    usedBytes: 0,
    utilizationRatio: undefined,
    inBytesPerSecond: undefined,
    outBytesPerSecond: undefined,
  };
  assert.equal(tile("swap", { swap }).value, "none");
});

test("the worst pressure is the tile's value", () => {
  assert.equal(tile("pressure", { pressure: { cpu: 0.1, memory: undefined, io: 0.3 } }).value, "30.0 %");
});

test("the busiest program is named, and its share is not what a narrow tile cuts", () => {
  const busiest = (cpuUtilizationRatio: number): string | undefined =>
    tile("cpu", { busiest: { command: "cc1plus", cpuUtilizationRatio } }).details[1];
  assert.equal(busiest(0.36), "36.0 % in cc1plus");
  assert.equal(busiest(0), "nothing busy");
  assert.equal(tile("cpu", {}).details[1], "", "of a host that reports no processes nothing is said");
});

test("a swap that was not measured is not one that is not there", () => {
  assert.deepEqual(tile("swap", {}).details, ["not measured", ""]);
});
