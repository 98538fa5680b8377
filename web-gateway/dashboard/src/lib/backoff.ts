// How long to wait before connecting again.

const firstDelayMs = 200;
const greatestDelayMs = 3000;

/**
 * The wait before attempt `attempt` (from 0): doubles up to 3 s, and of that a random half, so that the tabs of a whole
 * team do not come back in the same instant.
 *
 * @param random a number in [0, 1)
 */
export function backoffMs(attempt: number, random: number): number {
  const ceiling = Math.min(greatestDelayMs, firstDelayMs * 2 ** Math.min(attempt, 16));
  return ceiling / 2 + (ceiling / 2) * random;
}
