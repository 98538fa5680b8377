// How finely the past is asked for: about a point for each pixel, at times that stay when the range moves on.
import type { TimeWindow } from "./time_range.ts";

/** Each divides a greater one, so that grids of midnights and full hours fall together. */
const niceSteps: readonly number[] = [
  ...[1, 2, 3, 5, 6, 10, 12, 15, 20, 30].flatMap((count) => [count, count * 60]),
  ...[1, 2, 3, 4, 6, 12, 24, 48, 168].map((hours) => hours * 3600),
].sort((a, b) => a - b);
/** A narrow chart still shows as much as this. */
const leastPoints = 60;
const refreshLeastMs = 5_000;
const refreshGreatestMs = 300_000;
/** A rate needs this many samples in its window to survive a lost one. */
const samplesForRate = 4;

/** The time between points on a chart of so many pixels; never finer than the samples. */
export function stepSeconds({ fromSeconds, toSeconds }: TimeWindow, pixels: number, intervalSeconds: number): number {
  const points = Math.max(leastPoints, pixels);
  const least = Math.max((toSeconds - fromSeconds) / points, intervalSeconds);
  return niceSteps.find((step) => step >= least) ?? Math.ceil(least / 86_400) * 86_400;
}

/** The window that rates are taken over: all of the step, so that no sample is passed over. */
export function rateWindowSeconds(step: number, intervalSeconds: number): number {
  return Math.ceil(Math.max(step + intervalSeconds, samplesForRate * intervalSeconds));
}

/** The window with both ends on multiples of the step: a range that moves on keeps its points. */
export function aligned({ fromSeconds, toSeconds }: TimeWindow, step: number): TimeWindow {
  return { fromSeconds: Math.ceil(fromSeconds / step) * step, toSeconds: Math.floor(toSeconds / step) * step };
}

/** After what time a range that ends now is asked for again: when it has another point, within limits. */
export function refreshMs(step: number): number {
  return Math.min(refreshGreatestMs, Math.max(refreshLeastMs, step * 1000));
}
