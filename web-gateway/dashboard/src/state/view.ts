// What the tab looks at, kept in the URL.
import { type ReadonlySignal, signal } from "@preact/signals";
import { decodeView, encodeView, type ViewState } from "../lib/url_state.ts";

const current = signal<ViewState>(decodeView(""));

/** The view as the URL has it. */
export const view: ReadonlySignal<ViewState> = current;

/** What a change of these goes to is a step that the browser's back button undoes; other changes are not. */
const steps = ["page", "host", "range", "expressions"] as const satisfies readonly (keyof ViewState)[];

/** Kept with each entry of the browser's history: how many of the entries before it are left by undoing a zoom. */
interface EntryState {
  readonly zooms: number;
}

export function updateView(change: Partial<ViewState>, { zoom = false } = {}): void {
  const next = { ...current.value, ...change };
  const url = `${location.pathname}${encodeView(next)}`;
  const isStep = steps.some((part) => JSON.stringify(next[part]) !== JSON.stringify(current.value[part]));
  const zooms = zoomsToUndo();
  if (isStep) history.pushState({ zooms: zoom ? zooms + 1 : 0 } satisfies EntryState, "", url);
  else history.replaceState({ zooms } satisfies EntryState, "", url);
  current.value = next;
}

/** How many steps back, one after the other, undo a zoom. */
export function zoomsToUndo(): number {
  const state: unknown = history.state;
  return typeof state === "object" && state !== null && "zooms" in state ? Number(state.zooms) || 0 : 0;
}

/** Reads the view from the URL, now and whenever the user goes back or forth. Returns what ends it. */
export function startView(): () => void {
  const read = (): void => {
    current.value = decodeView(location.search);
  };
  read();
  addEventListener("popstate", read);
  return () => removeEventListener("popstate", read);
}
