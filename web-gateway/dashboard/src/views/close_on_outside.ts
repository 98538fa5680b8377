// Closes what is open when the user presses somewhere else.
import { useEffect } from "preact/hooks";

export function useCloseOnOutside(root: { readonly current: HTMLElement | null }, close: () => void): void {
  useEffect(() => {
    const onPointerDown = (event: PointerEvent): void => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) close();
    };
    document.addEventListener("pointerdown", onPointerDown);
    return () => document.removeEventListener("pointerdown", onPointerDown);
  }, []);
}
