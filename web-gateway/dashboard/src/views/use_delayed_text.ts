// A text field that takes effect once the user pauses, and follows what it stands for.
import { useEffect, useRef, useState } from "preact/hooks";

const delayMs = 300;

/** Returns the text in the field and what hears of each key; `apply` hears of the text after a pause. */
export function useDelayedText(applied: string, apply: (text: string) => void): [string, (text: string) => void] {
  const [text, setText] = useState(applied);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // Back and forth in the browser's history change it too.
  useEffect(() => {
    if (applied !== text.trim()) setText(applied);
  }, [applied]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const onInput = (next: string): void => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => apply(next.trim()), delayMs);
  };
  return [text, onInput];
}
