// Which time the charts show, and the ways to change it: chosen, zoomed into, moved, and back.
import { computed, type ReadonlySignal } from "@preact/signals";
import {
  fixedRange,
  isLive,
  narrowed,
  rangeUpTo,
  resolveRange,
  shifted,
  type TimeRange,
  type TimeWindow,
  widened,
  windowUpTo,
} from "../lib/time_range.ts";
import { chartEndSeconds } from "./live.ts";
import { serviceNowSeconds as now } from "./service_clock.ts";
import { updateView, view, zoomsToUndo } from "./view.ts";

/** Whether the charts show what happens now, from the stream. */
export const showsLive: ReadonlySignal<boolean> = computed(() => isLive(view.value.range));

export function chooseRange(range: TimeRange): void {
  updateView({ range });
}

export function chooseLive(minutes: number): void {
  updateView({ range: { from: "", to: "" }, liveMinutes: minutes });
}

/** Shows a part of what is on screen. A drag that is shorter than ten seconds shows ten. */
export function zoomTo(window: TimeWindow): void {
  updateView({ range: fixedRange(window) }, { zoom: true });
}

/** Shows another window, but not the future; one that reaches now moves on with it. */
export function showWindow(window: TimeWindow): void {
  const later = Math.max(0, window.toSeconds - now());
  const shown = { fromSeconds: window.fromSeconds - later, toSeconds: window.toSeconds - later };
  updateView({ range: rangeUpTo(shown, now()) }, { zoom: true });
}

/** Goes back to what was on screen before the last zoom; without one, shows twice as much. */
export function undoZoomOrWiden(): void {
  if (zoomsToUndo() > 0) history.back();
  else zoomOut();
}

/** Goes back to what was on screen before the last zoom, if there was one. */
export function undoZoom(): void {
  if (zoomsToUndo() > 0) history.back();
}

export function zoomIn(): void {
  const window = currentWindow();
  // Live charts end at the newest sample, which is now as far as this is concerned.
  const shown = showsLive.value ? { ...window, toSeconds: now() } : window;
  updateView({ range: rangeUpTo(narrowed(shown, now()), now()) }, { zoom: true });
}

export function zoomOut(): void {
  moveTo((window) => widened(window, now()));
}

export function shift(direction: -1 | 1): void {
  moveTo((window) => shifted(window, direction));
}

function moveTo(change: (window: TimeWindow) => TimeWindow): void {
  const window = currentWindow();
  updateView({ range: rangeUpTo(change(window), now()) });
}

function currentWindow(): TimeWindow {
  const { range, liveMinutes } = view.value;
  return resolveRange(range, now()) ?? windowUpTo(chartEndSeconds.value ?? now(), liveMinutes * 60);
}
