// Zoom by fingers: one that is drawn across a chart chooses a stretch, two spread or pinch what is on screen. Drawn up
// or down, a finger scrolls the page as everywhere.
import type { TimeWindow } from "../lib/time_range.ts";

/** The chart below the fingers. */
export interface TouchedChart {
  readonly window: () => TimeWindow;
  /** Marks a stretch, in pixels; none if it has no width. */
  readonly onSelect: (leftPixels: number, widthPixels: number) => void;
  /** Shows a window while the fingers move; `undefined` shows what is to be shown otherwise. */
  readonly onPreview: (window: TimeWindow | undefined) => void;
  readonly onZoom: (window: TimeWindow) => void;
  readonly onPinch: (window: TimeWindow) => void;
}

/** A finger that moves less is a tap. */
const leastDragPixels = 12;
/** Fingers are never closer to each other, as far as this is concerned. */
const leastSpreadPixels = 16;

interface Finger {
  readonly beginX: number;
  readonly x: number;
}

type Pair = readonly [Finger, Finger];

/** What is on screen once the fingers have moved: the times below them went with them. */
export function pinchedWindow(window: TimeWindow, [one, other]: Pair, widthPixels: number): TimeWindow {
  const [left, right] = one.beginX <= other.beginX ? [one, other] : [other, one];
  const secondsPerPixel = (window.toSeconds - window.fromSeconds) / widthPixels;
  const spreadBefore = Math.max(leastSpreadPixels, right.beginX - left.beginX);
  const spread = Math.max(leastSpreadPixels, right.x - left.x);
  const scale = (secondsPerPixel * spreadBefore) / spread;
  const fromSeconds = window.fromSeconds + left.beginX * secondsPerPixel - left.x * scale;
  return { fromSeconds, toSeconds: fromSeconds + widthPixels * scale };
}

/** Follows fingers on the area that a chart draws into, until it is called back. */
export class TouchZoom {
  readonly #area: HTMLElement;
  readonly #chart: TouchedChart;
  readonly #listening = new AbortController();
  readonly #fingers = new Map<number, Finger>();
  /** What was on screen when the second finger came; `undefined` while there is one. */
  #pinched: TimeWindow | undefined;

  constructor(area: HTMLElement, chart: TouchedChart) {
    this.#area = area;
    this.#chart = chart;
    const listen = (
      type: "pointerdown" | "pointermove" | "pointerup" | "pointercancel",
      to: (event: PointerEvent) => void,
    ): void =>
      area.addEventListener(type, (event) => event.pointerType === "touch" && to(event), {
        signal: this.#listening.signal,
      });
    listen("pointerdown", this.#onDown);
    listen("pointermove", this.#onMove);
    listen("pointerup", this.#onUp);
    listen("pointercancel", this.#onCancel);
  }

  destroy(): void {
    this.#listening.abort();
  }

  /** Whether fingers decide what is on screen. */
  get isPinching(): boolean {
    return this.#pinched !== undefined;
  }

  readonly #onDown = (event: PointerEvent): void => {
    const x = this.#xOf(event);
    this.#fingers.set(event.pointerId, { beginX: x, x });
    if (this.#fingers.size !== 2) return;
    this.#chart.onSelect(0, 0);
    this.#pinched = this.#chart.window();
    for (const [id, finger] of this.#fingers) this.#fingers.set(id, { beginX: finger.x, x: finger.x });
  };

  readonly #onMove = (event: PointerEvent): void => {
    const finger = this.#fingers.get(event.pointerId);
    if (finger === undefined) return;
    this.#fingers.set(event.pointerId, { ...finger, x: this.#xOf(event) });
    const window = this.#pinchedWindow();
    if (window !== undefined) this.#chart.onPreview(window);
    else if (this.#pinched === undefined) this.#mark();
  };

  readonly #onUp = (): void => {
    const [window, stretch] = [this.#pinchedWindow(), this.#stretch()];
    this.#forget();
    if (window !== undefined) this.#chart.onPinch(window);
    else if (stretch !== undefined) this.#chart.onZoom(stretch);
  };

  readonly #onCancel = (): void => {
    if (this.#pinchedWindow() !== undefined) this.#chart.onPreview(undefined);
    this.#forget();
  };

  /** A finger has gone: what is left of them does nothing more. */
  #forget(): void {
    this.#fingers.clear();
    this.#pinched = undefined;
    this.#chart.onSelect(0, 0);
  }

  #mark(): void {
    const [finger] = this.#fingers.values();
    if (finger === undefined) return;
    const width = Math.abs(finger.x - finger.beginX);
    this.#chart.onSelect(Math.min(finger.x, finger.beginX), width < leastDragPixels ? 0 : width);
  }

  #pinchedWindow(): TimeWindow | undefined {
    const [one, other] = this.#fingers.values();
    if (this.#pinched === undefined || one === undefined || other === undefined) return undefined;
    return pinchedWindow(this.#pinched, [one, other], this.#area.clientWidth);
  }

  /** The times that one finger was drawn across. */
  #stretch(): TimeWindow | undefined {
    const [finger] = this.#fingers.values();
    if (finger === undefined || this.#pinched !== undefined) return undefined;
    if (Math.abs(finger.x - finger.beginX) < leastDragPixels) return undefined;
    const { fromSeconds, toSeconds } = this.#chart.window();
    const timeAt = (x: number): number => fromSeconds + (x / this.#area.clientWidth) * (toSeconds - fromSeconds);
    return {
      fromSeconds: timeAt(Math.min(finger.x, finger.beginX)),
      toSeconds: timeAt(Math.max(finger.x, finger.beginX)),
    };
  }

  #xOf(event: PointerEvent): number {
    const { left, width } = this.#area.getBoundingClientRect();
    return Math.min(width, Math.max(0, event.clientX - left));
  }
}
