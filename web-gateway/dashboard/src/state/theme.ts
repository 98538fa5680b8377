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
  choose(next);
}

/** Applies the choice, and follows the system while there is none. The style sheet does so by itself. */
export function startTheme(): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const follow = (): void => {
    current.value = stored() ?? (system.matches ? "dark" : "light");
  };
  const chosen = stored();
  if (chosen !== undefined) choose(chosen);
  follow();
  system.addEventListener("change", follow);
}

function choose(next: Theme): void {
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
