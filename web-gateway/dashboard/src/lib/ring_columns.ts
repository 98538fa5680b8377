// The recent past of one host as columns of numbers, because charts want columns.
import type { Columns } from "./columns.ts";

/** One row to append: values by series. Series that are not named are not measured. */
export type Row = ReadonlyMap<string, number>;

/**
 * Rows of a growing set of series at rising times, the oldest forgotten beyond `capacity`.
 *
 * Each column is twice as long as the capacity, and the live half moves to the front when the end is reached: the rows
 * are always contiguous, and a move costs one copy in `capacity` appends. NaN = not measured.
 */
export class RingColumns implements Columns {
  readonly #capacity: number;
  readonly #times: Float64Array;
  readonly #columns = new Map<string, Float64Array>();
  #start = 0;
  #end = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#times = new Float64Array(2 * capacity);
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** The newest time in seconds, gap rows included; `undefined` while there is none. */
  get lastTime(): number | undefined {
    return this.length === 0 ? undefined : this.#times[this.#end - 1];
  }

  /** The series that were measured at some time, in the order of their first appearance. */
  get names(): readonly string[] {
    return [...this.#columns.keys()];
  }

  /**
   * Appends a row. A time that is not after the last one is ignored (the same value twice, or a clock that went back).
   * After more than `greatestGapSeconds` of silence, a row of nothing comes first, so that lines break.
   */
  append(timeSeconds: number, row: Row, greatestGapSeconds: number): void {
    const last = this.lastTime;
    if (last !== undefined && timeSeconds <= last) return;
    if (last !== undefined && timeSeconds - last > greatestGapSeconds) {
      this.#push(last + greatestGapSeconds / 2, new Map());
    }
    this.#push(timeSeconds, row);
  }

  clear(): void {
    this.#start = 0;
    this.#end = 0;
    this.#columns.clear();
  }

  /** The index of the first row at or after `timeSeconds`; `length` if there is none. */
  indexFrom(timeSeconds: number): number {
    let low = this.#start;
    let high = this.#end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle] ?? 0) < timeSeconds) low = middle + 1;
      else high = middle;
    }
    return low - this.#start;
  }

  /** A copy of the times from row `from` on. */
  times(from = 0): Float64Array {
    return this.#times.slice(this.#start + from, this.#end);
  }

  /** A copy of one series from row `from` on; all NaN if there is no such series. */
  column(name: string, from = 0): Float64Array {
    const column = this.#columns.get(name);
    if (column === undefined) return new Float64Array(this.length - from).fill(Number.NaN);
    return column.slice(this.#start + from, this.#end);
  }

  /** One value; NaN if it was not measured. */
  at(name: string, index: number): number {
    return this.#columns.get(name)?.[this.#start + index] ?? Number.NaN;
  }

  /** Row `index` as append takes it; empty for a gap. */
  rowAt(index: number): Map<string, number> {
    const row = new Map<string, number>();
    for (const [name, column] of this.#columns) {
      const value = column[this.#start + index];
      if (value !== undefined && !Number.isNaN(value)) row.set(name, value);
    }
    return row;
  }

  #push(timeSeconds: number, row: Row): void {
    if (this.#end === this.#times.length) this.#moveToFront();
    const index = this.#end++;
    this.#times[index] = timeSeconds;
    for (const column of this.#columns.values()) column[index] = Number.NaN;
    for (const [name, value] of row) this.#columnOf(name)[index] = value;
    if (this.length > this.#capacity) this.#start++;
  }

  #columnOf(name: string): Float64Array {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const column = new Float64Array(this.#times.length).fill(Number.NaN);
    this.#columns.set(name, column);
    return column;
  }

  /** Also forgets the series of which no row is left, such as interfaces of containers that ended. */
  #moveToFront(): void {
    this.#times.copyWithin(0, this.#start, this.#end);
    for (const [name, column] of this.#columns) {
      column.copyWithin(0, this.#start, this.#end);
      if (column.subarray(0, this.length).every(Number.isNaN)) this.#columns.delete(name);
    }
    this.#end = this.length;
    this.#start = 0;
  }
}
