// The stretch of time that the charts show, as the URL writes it.

/** Two moments: `now`, `now-6h`, or a time such as `2026-11-21T10:00:00Z`. Both are empty while the charts are live. */
export interface TimeRange {
  readonly from: string;
  readonly to: string;
}

export interface TimeWindow {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

export const liveRange: TimeRange = { from: "", to: "" };
/** Ranges up to now that one click chooses. */
export const usualRanges = ["1h", "6h", "24h", "7d", "30d"] as const;

const unitSeconds: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 7 * 86_400,
  y: 365 * 86_400,
};
const relative = /^now(?:\s*-\s*((?:\d+(?:\.\d+)?[smhdwy])+))?$/;
const localTime = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{1,2}:\d{2}(?::\d{2})?))?$/;
const milliseconds = /^\d{12,14}$/;
/** Shorter ranges than this have no two samples. */
const leastSeconds = 10;
/** No range is longer: a chart of more is a mistake. */
const greatestSeconds = 20 * 365 * 86_400;

export function isLive(range: TimeRange): boolean {
  return range.from === "";
}

/** Whether the range ends now, and so moves on. */
export function isMoving(range: TimeRange): boolean {
  return range.to === "now";
}

export function lastOf(duration: string): TimeRange {
  return { from: `now-${duration}`, to: "now" };
}

/** So many seconds before the end, whether or not there is anything that long ago: what comes is seen to grow. */
export function windowUpTo(endSeconds: number, lengthSeconds: number): TimeWindow {
  return { fromSeconds: endSeconds - lengthSeconds, toSeconds: endSeconds };
}

/** Seconds of a duration such as `90s`, `1h30m` or `7d`; `undefined` if it is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?[smhdwy])+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)([smhdwy])/g);
  return [...parts].reduce((sum, [, count = "", unit = ""]) => sum + Number(count) * (unitSeconds[unit] ?? 0), 0);
}

/** The moment that a text means, in seconds since 1970; `undefined` if it means none. Times without a zone are local. */
export function momentSeconds(text: string, nowSeconds: number): number | undefined {
  const trimmed = text.trim();
  const ago = relative.exec(trimmed);
  if (ago !== null) return nowSeconds - (ago[1] === undefined ? 0 : (parseDuration(ago[1]) ?? 0));
  if (milliseconds.test(trimmed)) return Number(trimmed) / 1000;
  const local = localTime.exec(trimmed);
  const parsed =
    local === null ? Date.parse(trimmed) : Date.parse(`${local[1]}T${(local[2] ?? "00:00").padStart(5, "0")}`);
  // Date.parse takes more than we promise, such as a bare number.
  return Number.isNaN(parsed) || !/^\d{4}-\d{2}-\d{2}/.test(trimmed) ? undefined : parsed / 1000;
}

/** The range as times; `undefined` if it is live or makes no sense. */
export function resolveRange(range: TimeRange, nowSeconds: number): TimeWindow | undefined {
  const fromSeconds = momentSeconds(range.from, nowSeconds);
  const toSeconds = momentSeconds(range.to, nowSeconds);
  if (fromSeconds === undefined || toSeconds === undefined) return undefined;
  const length = toSeconds - fromSeconds;
  return length >= leastSeconds && length <= greatestSeconds ? { fromSeconds, toSeconds } : undefined;
}

/** What is wrong with two moments that a user typed, as a sentence; empty if nothing is. */
export function rangeProblem(range: TimeRange, nowSeconds: number): string {
  for (const text of [range.from, range.to]) {
    if (momentSeconds(text, nowSeconds) === undefined) {
      return `“${text}” is no time: write now-2h, or 2026-11-21 10:30 in local time.`;
    }
  }
  if (resolveRange(range, nowSeconds) === undefined) return "The end must be at least 10 seconds after the start.";
  return "";
}

/** A moment as the URL keeps it: what is relative stays so, other times become UTC. */
export function canonicalMoment(text: string, nowSeconds: number): string {
  const trimmed = text.trim();
  if (relative.test(trimmed)) return trimmed.replace(/\s/g, "");
  const seconds = momentSeconds(trimmed, nowSeconds);
  return seconds === undefined ? "" : absoluteMoment(seconds);
}

/** Whole seconds, in UTC. */
export function absoluteMoment(seconds: number): string {
  return new Date(Math.round(seconds) * 1000).toISOString().replace(".000Z", "Z");
}

/** The window as a range that stays where it is. */
export function fixedRange(window: TimeWindow): TimeRange {
  const length = Math.max(leastSeconds, Math.round(window.toSeconds - window.fromSeconds));
  return { from: absoluteMoment(window.fromSeconds), to: absoluteMoment(Math.round(window.fromSeconds) + length) };
}

/** As fixedRange, but a window that reaches now moves on with it. */
export function rangeUpTo(window: TimeWindow, nowSeconds: number): TimeRange {
  if (window.toSeconds < nowSeconds - 1) return fixedRange(window);
  return lastOf(durationText(Math.max(leastSeconds, Math.round(window.toSeconds - window.fromSeconds))));
}

/** Half a window earlier (-1) or later (1). */
export function shifted({ fromSeconds, toSeconds }: TimeWindow, direction: -1 | 1): TimeWindow {
  const distance = (direction * (toSeconds - fromSeconds)) / 2;
  return { fromSeconds: fromSeconds + distance, toSeconds: toSeconds + distance };
}

/** Half as long: the middle, or the end of a window that reaches now. */
export function narrowed({ fromSeconds, toSeconds }: TimeWindow, nowSeconds: number): TimeWindow {
  const quarter = (toSeconds - fromSeconds) / 4;
  if (toSeconds >= nowSeconds - 1) return { fromSeconds: fromSeconds + 2 * quarter, toSeconds };
  return { fromSeconds: fromSeconds + quarter, toSeconds: toSeconds - quarter };
}

/** Twice as long, around the same middle, but not into the future. */
export function widened({ fromSeconds, toSeconds }: TimeWindow, nowSeconds: number): TimeWindow {
  const length = Math.min(greatestSeconds, 2 * (toSeconds - fromSeconds));
  const end = Math.min(nowSeconds, (fromSeconds + toSeconds + length) / 2);
  return { fromSeconds: end - length, toSeconds: end };
}

/** The shortest text of a duration: `90s` but `2h`. */
export function durationText(seconds: number): string {
  const units = ["d", "h", "m"] as const;
  const unit = units.find((known) => seconds % (unitSeconds[known] ?? 1) === 0) ?? "s";
  return `${seconds / (unitSeconds[unit] ?? 1)}${unit}`;
}
