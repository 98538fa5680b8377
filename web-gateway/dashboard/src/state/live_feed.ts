// Keeps the one stream of a tab open: opens it again when the query changes, when it is lost and when it falls silent.
import type { LiveEvent, LiveQuery } from "../api/live.ts";
import { backoffMs } from "../lib/backoff.ts";

/** What the feed needs from the world. */
export interface FeedWorld {
  watch(query: LiveQuery, signal: AbortSignal): AsyncIterable<LiveEvent>;
  /** The query as it is now: how much past to ask for depends on the moment. */
  query(): LiveQuery;
  onEvent(event: LiveEvent): void;
  /** The stream ended, with what was thrown, or `undefined` if it ended in good order. */
  onLost(thrown: unknown): void;
  /** Whether asking again at once would be refused again. */
  isRefusal(thrown: unknown): boolean;
  /** A number in [0, 1). */
  random(): number;
  /** Calls back once after `delayMs`; the result takes it back. */
  setTimer(callback: () => void, delayMs: number): () => void;
}

/** A network that swallows packets looks like silence; the list of hosts and the snapshots never are silent so long. */
export const silenceMs = 30_000;
/** The service refused: somebody has to change something first. */
export const refusedDelayMs = 30_000;

/** Confined to the browser's one thread. `restart` opens the stream, also for the first time. */
export class LiveFeed {
  readonly #world: FeedWorld;
  #run = new AbortController();
  #isPaused = false;

  constructor(world: FeedWorld) {
    this.#world = world;
  }

  /** Opens the stream anew with the query as it is now, unless it is paused. */
  restart(): void {
    this.stop();
    if (this.#isPaused) return;
    this.#run = new AbortController();
    void this.#keepOpen(this.#run.signal);
  }

  /** Ends the stream until it is resumed: whatever asks for another meanwhile, none is opened. */
  pause(): void {
    this.#isPaused = true;
    this.stop();
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Opens the stream again. */
  resume(): void {
    this.#isPaused = false;
    this.restart();
  }

  /** Ends the stream; nothing is reported any more. */
  stop(): void {
    this.#run.abort();
  }

  async #keepOpen(stopped: AbortSignal): Promise<void> {
    for (let attempt = 0; !stopped.aborted; attempt++) {
      const { received, thrown } = await this.#watchOnce(stopped);
      if (stopped.aborted) return;
      this.#world.onLost(thrown);
      // Who hears of a refusal may ask for something else at once.
      if (stopped.aborted) return;
      if (received) attempt = 0;
      const refused = this.#world.isRefusal(thrown);
      await this.#sleep(refused ? refusedDelayMs : backoffMs(attempt, this.#world.random()), stopped);
    }
  }

  async #watchOnce(stopped: AbortSignal): Promise<{ received: boolean; thrown: unknown }> {
    const query = this.#world.query();
    const attempt = new AbortController();
    const end = (): void => attempt.abort();
    stopped.addEventListener("abort", end);
    const startWaiting = (): (() => void) => this.#world.setTimer(end, silenceMs);
    let stopWaiting = startWaiting();
    let received = false;
    try {
      for await (const event of this.#world.watch(query, attempt.signal)) {
        if (stopped.aborted) break;
        received = true;
        stopWaiting();
        stopWaiting = startWaiting();
        this.#world.onEvent(event);
      }
      return { received, thrown: undefined };
    } catch (thrown) {
      return { received, thrown };
    } finally {
      stopWaiting();
      stopped.removeEventListener("abort", end);
    }
  }

  #sleep(delayMs: number, stopped: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        stopped.removeEventListener("abort", wake);
        resolve();
      };
      const cancel = this.#world.setTimer(wake, delayMs);
      stopped.addEventListener("abort", wake);
    });
  }
}
