// Keys that work anywhere on the page.
import { undoZoom } from "./range.ts";

/** Escape goes back from a zoom, unless something else has used it, such as a list that it closed. */
export function startKeys(): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    const typing =
      event.target instanceof Element && event.target.closest("input, textarea, [contenteditable]") !== null;
    if (event.key === "Escape" && !event.defaultPrevented && !typing) undoZoom();
  };
  document.addEventListener("keydown", onKeyDown);
  return () => document.removeEventListener("keydown", onKeyDown);
}
