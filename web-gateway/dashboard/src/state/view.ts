// What the tab looks at, kept in the URL.
import { type ReadonlySignal, signal } from "@preact/signals";
import { decodeView, encodeView, type ViewState } from "../lib/url_state.ts";

const current = signal<ViewState>(decodeView(""));

/** The view as the URL has it. */
export const view: ReadonlySignal<ViewState> = current;

/** Changes parts of the view. A change of host is a step that the browser's back button undoes; others are not. */
export function updateView(change: Partial<ViewState>): void {
  const next = { ...current.value, ...change };
  const url = `${location.pathname}${encodeView(next)}`;
  if (next.host === current.value.host) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
  current.value = next;
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
