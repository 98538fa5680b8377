// The instant below the cursor: all legends show it together.
import { type ReadonlySignal, signal } from "@preact/signals";

const current = signal<number | undefined>(undefined);

/** Seconds since 1970; `undefined` while no cursor is on a chart. */
export const cursorSeconds: ReadonlySignal<number | undefined> = current;

export function moveCursor(timeSeconds: number | undefined): void {
  current.value = timeSeconds;
}
