// Takes the edges off lines of rates.

/**
 * Leaves out `count` values at both ends of each stretch between two gaps. There the window of a rate is only partly
 * measured, which Prometheus counts as if nothing had happened in the rest: a fall that never was. Stretches that would
 * hardly be left stay whole, and so does the end of the line where the range ends.
 */
export function trimEdges(values: Float64Array, count: number): Float64Array {
  const trimmed = values.slice();
  for (const [from, to] of stretches(values)) {
    if (to - from <= 2 * count) continue;
    // At the very start of the range what came before is measured, if anything is.
    if (from > 0) trimmed.fill(Number.NaN, from, from + count);
    if (to < values.length) trimmed.fill(Number.NaN, to - count, to);
  }
  return trimmed;
}

/** The rows from and to which values follow each other, the end excluded. */
function stretches(values: Float64Array): readonly (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  let from = -1;
  for (let row = 0; row <= values.length; row++) {
    const measured = row < values.length && !Number.isNaN(values[row] ?? Number.NaN);
    if (measured && from < 0) from = row;
    if (!measured && from >= 0) {
      found.push([from, row]);
      from = -1;
    }
  }
  return found;
}
