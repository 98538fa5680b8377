// The recent past of the host on screen, in columns.
import { type ReadonlySignal, signal } from "@preact/signals";
import { mergeHistory } from "../lib/merge_history.ts";
import type { Snapshot } from "../lib/model.ts";
import { RingColumns } from "../lib/ring_columns.ts";
import { snapshotRow } from "../lib/snapshot_columns.ts";

/** How much the service keeps in memory and the charts show at most. */
export const pastSeconds = 20 * 60;
/** Twice as much as the stream brings, and some for gaps. */
const capacity = 2 * pastSeconds + 200;
/** The service sends at most 600 points of the past. */
const greatestStepSeconds = pastSeconds / 600;

interface Past {
  readonly ring: RingColumns;
}

const current = signal<Past>({ ring: new RingColumns(capacity) });

/** The past; a new object whenever a row came, around a ring that lives on. */
export const past: ReadonlySignal<Past> = current;

/** Adds the newest snapshot. */
export function addSnapshot(snapshot: Snapshot, intervalMs: number): void {
  const { ring } = current.value;
  ring.append(snapshot.timeSeconds, snapshotRow(snapshot), greatestGapSeconds(intervalMs));
  current.value = { ring };
}

/** Adds the past that the service sent: all of it at first, and what is missing after a lost connection. */
export function addPast(snapshots: readonly Snapshot[], intervalMs: number): void {
  // The oldest sample has nothing before it to count rates from; its row would be a hole in those lines.
  const complete = snapshots[0]?.cpu?.utilizationRatio === undefined ? snapshots.slice(1) : snapshots;
  const rows = complete.map((snapshot) => ({ timeSeconds: snapshot.timeSeconds, row: snapshotRow(snapshot) }));
  const step = Math.max(intervalMs / 1000, smallestDistance(snapshots)) * 0.9;
  const gap = greatestGapSeconds(intervalMs);
  current.value = { ring: mergeHistory(current.value.ring, rows, capacity, step, gap) };
}

export function forgetPast(): void {
  current.value = { ring: new RingColumns(capacity) };
}

/** A line breaks after three and a half samples that did not come. */
function greatestGapSeconds(intervalMs: number): number {
  return 3.5 * Math.max(intervalMs / 1000, greatestStepSeconds);
}

function smallestDistance(snapshots: readonly Snapshot[]): number {
  let smallest = Number.POSITIVE_INFINITY;
  snapshots.forEach((snapshot, index) => {
    const before = snapshots[index - 1];
    if (before !== undefined) smallest = Math.min(smallest, snapshot.timeSeconds - before.timeSeconds);
  });
  return Number.isFinite(smallest) ? smallest : 0;
}
