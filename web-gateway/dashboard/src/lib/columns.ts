// What charts are drawn from: rows of numbers at rising times, one column for each series.

/** NaN = not measured. */
export interface Columns {
  /** How many rows there are. */
  readonly length: number;
  /** The series that were measured at some time. */
  readonly names: readonly string[];
  /** Seconds since 1970; `undefined` while there is no row. */
  readonly lastTime: number | undefined;
  /** The index of the first row at or after `timeSeconds`; `length` if there is none. */
  indexFrom(timeSeconds: number): number;
  /** A copy of the times from row `from` on. */
  times(from?: number): Float64Array;
  /** A copy of one series from row `from` on; all NaN if there is no such series. */
  column(name: string, from?: number): Float64Array;
  /** One value; NaN if it was not measured. */
  at(name: string, index: number): number;
}
