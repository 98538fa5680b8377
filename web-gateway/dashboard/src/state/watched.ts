// Expressions whose values come in the tab's one stream, beside all else: what the query page watches.
import { type ReadonlySignal, signal } from "@preact/signals";
import type { GridValues, WatchedExpression } from "../lib/query_model.ts";

/** Who asks for expressions, and hears of them. */
export interface ExpressionWatcher {
  /** Asked whenever the stream is opened: how much of the past is missing depends on the moment. */
  watched(): readonly WatchedExpression[];
  onValues(expression: string, values: GridValues): void;
  /** Nothing more comes of this one. */
  onEnded(expression: string, reason: string): void;
  /** The stream was lost; it will be opened again. */
  onLost(): void;
  /** The service does not take these expressions. */
  onRefused(reason: string): void;
}

interface Watching {
  /** Another key is another stream. */
  readonly key: string;
  readonly watcher: ExpressionWatcher | undefined;
}

const current = signal<Watching>({ key: "", watcher: undefined });

export const watching: ReadonlySignal<Watching> = current;

/** Watches what `watcher` says, from now on; nothing if the key is empty. */
export function watchExpressions(key: string, watcher: ExpressionWatcher): void {
  if (key !== current.value.key) current.value = { key, watcher: key === "" ? undefined : watcher };
}
