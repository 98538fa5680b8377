// The browser's clock, once a second, for everything that says how long ago.
import { type ReadonlySignal, signal } from "@preact/signals";

const current = signal(Date.now());

/** Now, in milliseconds since 1970, to the second. */
export const nowMs: ReadonlySignal<number> = current;

export function startClock(): () => void {
  const timer = setInterval(() => {
    current.value = Date.now();
  }, 1000);
  return () => clearInterval(timer);
}
