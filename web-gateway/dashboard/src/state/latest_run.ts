// Work of which only the newest counts: beginning it ends what ran before, and it may be done again after a while.

export class LatestRun {
  readonly #setTimer: (callback: () => void, delayMs: number) => () => void;
  #running = new AbortController();
  #stopTimer = (): void => {};

  /** @param setTimer calls back after a while; returns what takes that back */
  constructor(setTimer: (callback: () => void, delayMs: number) => () => void) {
    this.#setTimer = setTimer;
  }

  /** Ends what runs or waits, and begins this. Its signal is aborted when something else begins. */
  begin(work: (signal: AbortSignal) => Promise<void>): void {
    this.stop();
    this.#running = new AbortController();
    void work(this.#running.signal);
  }

  /** Calls back after a while, unless something else begins before. */
  later(callback: () => void, delayMs: number): void {
    this.#stopTimer();
    this.#stopTimer = this.#setTimer(callback, delayMs);
  }

  stop(): void {
    this.#running.abort();
    this.#stopTimer();
  }
}

/** What was thrown, as a sentence. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
