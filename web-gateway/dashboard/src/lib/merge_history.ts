// Puts the recent past that the service sends into what the tab already has.
import { RingColumns, type Row } from "./ring_columns.ts";

export interface TimedRow {
  readonly timeSeconds: number;
  readonly row: Row;
}

/**
 * Returns a ring with the rows of both. Where the ring has a row within `stepSeconds`, it wins: it is the finer one.
 * So the past fills gaps wherever they are and never makes a line denser than it was.
 */
export function mergeHistory(
  ring: RingColumns,
  past: readonly TimedRow[],
  capacity: number,
  stepSeconds: number,
  greatestGapSeconds: number,
): RingColumns {
  const own = rowsOf(ring);
  const missing = past.filter(({ timeSeconds }) => !hasRowNear(own, timeSeconds, stepSeconds));
  const all = [...own, ...missing].sort((a, b) => a.timeSeconds - b.timeSeconds);
  const merged = new RingColumns(capacity);
  for (const { timeSeconds, row } of all) merged.append(timeSeconds, row, greatestGapSeconds);
  return merged;
}

/** The rows of a ring without its gaps: they are made anew where they are still needed. */
function rowsOf(ring: RingColumns): TimedRow[] {
  const rows: TimedRow[] = [];
  ring.times().forEach((timeSeconds, index) => {
    const row = ring.rowAt(index);
    if (row.size > 0) rows.push({ timeSeconds, row });
  });
  return rows;
}

function hasRowNear(rows: readonly TimedRow[], timeSeconds: number, distanceSeconds: number): boolean {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.timeSeconds ?? 0) <= timeSeconds - distanceSeconds) low = middle + 1;
    else high = middle;
  }
  const found = rows[low];
  return found !== undefined && found.timeSeconds < timeSeconds + distanceSeconds;
}
