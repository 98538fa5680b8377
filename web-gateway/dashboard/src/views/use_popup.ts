// Something that opens below a button: closed by Escape, and by a press anywhere else.
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

export interface Popup {
  /** Around the button, which comes first, and what opens. */
  readonly root: RefObject<HTMLDivElement | null>;
  readonly open: boolean;
  readonly toggle: () => void;
  /** Closes it, and gives the focus back to the button. */
  readonly close: () => void;
  /** For the element of `root`: Escape closes. */
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

export function usePopup(): Popup {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const onPointerDown = (event: PointerEvent): void => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", onPointerDown);
    return () => document.removeEventListener("pointerdown", onPointerDown);
  }, []);
  const close = (): void => {
    setOpen(false);
    root.current?.querySelector("button")?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !open) return;
    event.preventDefault();
    close();
  };
  return { root, open, toggle: () => setOpen(!open), close, onKeyDown };
}
