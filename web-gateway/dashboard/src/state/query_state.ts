// What the query page asks, and what it knows of the answers.
import type { InstantAnswer, RangeAnswer, RangeQuestion } from "../lib/query_model.ts";
import type { TimeRange, TimeWindow } from "../lib/time_range.ts";

/** What the page asks. */
export interface QueryView {
  readonly expressions: readonly string[];
  readonly range: TimeRange;
  readonly liveMinutes: number;
  /** Values at the end of the range instead of over it. */
  readonly table: boolean;
  /** Seconds between points; 0 = as fine as the graph shows. */
  readonly step: number;
  readonly pixels: number;
}

export interface QueryResult {
  readonly expression: string;
  readonly kind: "loading" | "ready" | "failed";
  /** Why it failed. */
  readonly reason: string;
  /** Whether it fails again however often it is asked. */
  readonly isRefused: boolean;
  /** Of the last time that it did not, while the next is loading. */
  readonly graph: RangeAnswer | undefined;
  readonly table: InstantAnswer | undefined;
  /** From the question to the answer, as this browser saw it. */
  readonly elapsedMs: number;
}

/** How results go on. */
export type Following =
  /** Not at all: the range stays, or nothing is known yet. */
  | { readonly kind: "none" }
  /** Values are to come, and none has yet. */
  | { readonly kind: "opening" }
  /** Values come as time goes on. */
  | { readonly kind: "live" }
  /** By asking again; with why nothing comes by itself, if there is something to say. */
  | { readonly kind: "asking"; readonly everyMs: number; readonly reason: string };

export interface QueryState {
  readonly window: TimeWindow;
  readonly stepSeconds: number;
  readonly results: readonly QueryResult[];
  readonly following: Following;
}

/** What the feed needs of the world; tests give their own. */
export interface QueryWorld {
  readonly queryRange: (question: RangeQuestion, signal: AbortSignal) => Promise<RangeAnswer>;
  /** At a moment; now, by the service's clock, if there is none. */
  readonly queryInstant: (
    expression: string,
    atSeconds: number | undefined,
    signal: AbortSignal,
  ) => Promise<InstantAnswer>;
  /** Values of what `watched` returns are wanted from now on. Another key wants something else, an empty one nothing. */
  readonly onWatch: (key: string) => void;
  /** Whether asking again would be refused again. */
  readonly isRefusal: (thrown: unknown) => boolean;
  readonly nowMs: () => number;
  /** Now, by the service's clock as far as that is known. */
  readonly serviceNowSeconds: () => number;
  /** Asks the service what time it is; whether `serviceNowSeconds` was wrong until then. */
  readonly checkClock: (signal: AbortSignal) => Promise<boolean>;
  readonly onState: (state: QueryState) => void;
  readonly setTimer: (callback: () => void, delayMs: number) => () => void;
}
