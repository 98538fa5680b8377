// A timer for what only somebody who looks needs.

/** As setTimeout, but a hidden tab waits until it is seen. Returns what takes it back. */
export function whileVisible(callback: () => void, delayMs: number): () => void {
  const seen = new AbortController();
  const timer = setTimeout(() => {
    if (!document.hidden) {
      callback();
      return;
    }
    document.addEventListener("visibilitychange", callback, { once: true, signal: seen.signal });
  }, delayMs);
  return () => {
    clearTimeout(timer);
    seen.abort();
  };
}
