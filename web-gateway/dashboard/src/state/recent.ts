// The expressions that were run in this browser.
import { type ReadonlySignal, signal } from "@preact/signals";
import { parseRecent, withRecent } from "../lib/recent.ts";

const storageKey = "syspulse.queries";
const current = signal<readonly string[]>(stored());

/** Newest first. */
export const recentExpressions: ReadonlySignal<readonly string[]> = current;

export function rememberExpressions(run: readonly string[]): void {
  // Another tab may have run some since.
  current.value = withRecent(stored(), run);
  try {
    localStorage.setItem(storageKey, JSON.stringify(current.value));
  } catch {
    // Browsers that keep nothing: they last as long as the page.
  }
}

function stored(): readonly string[] {
  try {
    return parseRecent(localStorage.getItem(storageKey));
  } catch {
    return [];
  }
}
