// Columns at times that follow each other by one step, as the answers to range queries have them.
import type { Columns } from "./columns.ts";

export interface Grid {
  readonly startSeconds: number;
  readonly stepSeconds: number;
  readonly count: number;
}

export class GridColumns implements Columns {
  readonly #grid: Grid;
  readonly #columns: ReadonlyMap<string, Float64Array>;

  /** @param columns each as long as the grid; those of which nothing was measured are left out */
  constructor(grid: Grid, columns: ReadonlyMap<string, Float64Array>) {
    this.#grid = grid;
    this.#columns = new Map([...columns].filter(([, column]) => !column.every(Number.isNaN)));
  }

  get length(): number {
    return this.#columns.size === 0 ? 0 : this.#grid.count;
  }

  get names(): readonly string[] {
    return [...this.#columns.keys()];
  }

  get lastTime(): number | undefined {
    return this.length === 0 ? undefined : this.#time(this.length - 1);
  }

  indexFrom(timeSeconds: number): number {
    const { startSeconds, stepSeconds } = this.#grid;
    // A time that is a row's, but for the last bits of a division, means that row.
    const index = Math.ceil((timeSeconds - startSeconds) / stepSeconds - 1e-6);
    return Math.min(this.length, Math.max(0, index));
  }

  times(from = 0): Float64Array {
    return Float64Array.from({ length: Math.max(0, this.length - from) }, (_, row) => this.#time(from + row));
  }

  column(name: string, from = 0): Float64Array {
    const column = this.#columns.get(name);
    if (column === undefined) return new Float64Array(Math.max(0, this.length - from)).fill(Number.NaN);
    return column.slice(from);
  }

  at(name: string, index: number): number {
    return this.#columns.get(name)?.[index] ?? Number.NaN;
  }

  #time(row: number): number {
    return this.#grid.startSeconds + row * this.#grid.stepSeconds;
  }
}

/** Of which nothing is known. */
export const noColumns: Columns = new GridColumns({ startSeconds: 0, stepSeconds: 1, count: 0 }, new Map());
