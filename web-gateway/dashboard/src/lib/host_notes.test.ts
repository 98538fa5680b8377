import assert from "node:assert/strict";
import { test } from "node:test";
import { hostNotes, labelTexts, matchesSearch } from "./host_notes.ts";
import type { HostInfo } from "./model.ts";

const plain: HostInfo = {
  name: "hosts/ab12",
  id: "ab12",
  label: "Shop",
  hostname: "web-1",
  displayName: "",
  osName: "",
  kernelRelease: "",
  architecture: "",
  coreCount: 2,
  memoryBytes: 0,
  bootTimeMs: undefined,
  agentVersion: "",
  sampleIntervalMs: 1000,
  state: "online",
  lastSeenMs: undefined,
  limitations: [],
  labels: {},
  assignedLabels: {},
};

const texts = (host: Partial<HostInfo>): string[] => hostNotes({ ...plain, ...host }).map(({ text }) => text);

test("a host of which all is well has no notes", () => {
  const completeness = { gapMs: 5, expected: 10, received: 10, late: 0, duplicate: 0, dropped: 0 };
  assert.deepEqual(texts({}), []);
  assert.deepEqual(texts({ clockSkewMs: -900, completeness }), []);
  assert.deepEqual(texts({ completeness: { ...completeness, gapMs: 5000 } }), ["5 s missing"]);
});

test("a clock is ahead or behind", () => {
  assert.deepEqual(texts({ clockSkewMs: 90_000 }), ["clock 1 min 30 s ahead"]);
  assert.deepEqual(texts({ clockSkewMs: -2000 }), ["clock 2 s behind"]);
});

test("an agent too many is named, with where it runs", () => {
  const conflict = { address: "ipv4:10.0.0.9:5", hostname: "clone", sameBoot: false };
  const [note] = hostNotes({ ...plain, conflict });
  assert.equal(note?.text, "claimed by two agents");
  assert.match(note?.title ?? "", /on clone at ipv4:10\.0\.0\.9:5, says it is this host and is refused/);
  const [same] = hostNotes({ ...plain, conflict: { ...conflict, sameBoot: true } });
  assert.match(same?.title ?? "", /on the same machine at/);
});

test("hosts are found by any of their names and labels", () => {
  const host = { ...plain, labels: { role: "db", env: "prod" } };
  assert.deepEqual(labelTexts(host), ["env=prod", "role=db"]);
  for (const found of ["", "WEB", "ab1", "shop", "env=prod", "prod db"]) assert.ok(matchesSearch(host, found), found);
  for (const missed of ["env=dev", "web-2", "prod cache"]) assert.ok(!matchesSearch(host, missed), missed);
});
