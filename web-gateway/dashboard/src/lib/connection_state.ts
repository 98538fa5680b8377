// Whether what the page shows is what the host does now. Always on screen: a chart never freezes silently.

export type ConnectionState =
  /** Values arrive. */
  | { readonly kind: "live"; readonly sinceMs: number }
  /** The connection was lost a moment ago, or is not made yet. */
  | { readonly kind: "reconnecting"; readonly sinceMs: number }
  /** Connected, but the host sends nothing. */
  | { readonly kind: "stale"; readonly sinceMs: number }
  /** No connection for a while, or the service refused. */
  | { readonly kind: "down"; readonly sinceMs: number; readonly reason: string };

/** What is known of the connection. All times by the browser's clock, in milliseconds. */
export interface ConnectionFacts {
  /** When the stream's first message came; `undefined` while there is no stream. */
  readonly openedAtMs: number | undefined;
  /** When the stream was lost, or the page opened. */
  readonly lostAtMs: number;
  /** When the newest snapshot of the host arrived. */
  readonly snapshotAtMs: number | undefined;
  /** Since when the service has not heard the host; `undefined` while it hears it. */
  readonly hostSilentSinceMs: number | undefined;
  /** How often the host samples. */
  readonly intervalMs: number;
  /** Why there is no stream; empty if there is no reason yet. */
  readonly reason: string;
  /** Whether connecting again would not help. */
  readonly refused: boolean;
}

const downAfterMs = 10_000;
const staleAfterAtLeastMs = 5000;
/** The first snapshot of a new stream may come a moment after its first message. */
const openingMs = 1000;

/** How long a host may be silent before its values are old. */
export function staleAfterMs(intervalMs: number): number {
  return Math.max(staleAfterAtLeastMs, 3.5 * intervalMs);
}

/** The state at `nowMs`. */
export function connectionState(facts: ConnectionFacts, nowMs: number): ConnectionState {
  if (facts.openedAtMs === undefined) {
    const down = facts.refused || nowMs - facts.lostAtMs > downAfterMs;
    if (!down) return { kind: "reconnecting", sinceMs: facts.lostAtMs };
    return { kind: "down", sinceMs: facts.lostAtMs, reason: facts.reason };
  }
  if (facts.hostSilentSinceMs !== undefined) return { kind: "stale", sinceMs: facts.hostSilentSinceMs };
  const heardAtMs = facts.snapshotAtMs ?? facts.openedAtMs;
  const silent = nowMs - heardAtMs > staleAfterMs(facts.intervalMs) && nowMs - facts.openedAtMs > openingMs;
  return silent ? { kind: "stale", sinceMs: heardAtMs } : { kind: "live", sinceMs: facts.openedAtMs };
}
