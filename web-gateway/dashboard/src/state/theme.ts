// Light or dark: as the system says until the user chooses, and then as chosen in this browser.
import { type ReadonlySignal, signal } from "@preact/signals";

export type Theme = "light" | "dark";

const storageKey = "syspulse.theme";
const current = signal<Theme>("light");

/** The theme in force. */
export const theme: ReadonlySignal<Theme> = current;

export function toggleTheme(): void {
  const next = current.value === "dark" ? "light" : "dark";
  store(next);
  apply(next);
}

/** Applies the theme, and follows the system while the user has not chosen. */
export function startTheme(): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const follow = (): void => apply(stored() ?? (system.matches ? "dark" : "light"));
  follow();
  system.addEventListener("change", follow);
}

function apply(next: Theme): void {
  document.documentElement.dataset["theme"] = next;
  current.value = next;
}

function stored(): Theme | undefined {
  try {
    const value = localStorage.getItem(storageKey);
    return value === "light" || value === "dark" ? value : undefined;
  } catch {
    // Browsers that keep nothing: the choice lasts as long as the page.
    return undefined;
  }
}

function store(value: Theme): void {
  try {
    localStorage.setItem(storageKey, value);
  } catch {
    // As above.
  }
}
