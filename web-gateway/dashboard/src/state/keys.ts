// Keys that work anywhere on the page.
import { undoZoom } from "./range.ts";

/** Escape goes back from a zoom, unless something else has used it, such as a list that it closed. */
export function startKeys(): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    // The first of the path: an editor has a tree of its own, behind which the target hides.
    const [target] = event.composedPath();
    const used = target instanceof Element && target.closest("input, textarea, [contenteditable], dialog") !== null;
    if (event.key === "Escape" && !event.defaultPrevented && !used) undoZoom();
  };
  document.addEventListener("keydown", onKeyDown);
  return () => document.removeEventListener("keydown", onKeyDown);
}
