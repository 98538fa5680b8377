// The expressions that were run in this browser, to choose one again.
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { recentExpressions } from "../state/recent.ts";
import { useCloseOnOutside } from "./close_on_outside.ts";
import { ClockIcon } from "./icons.tsx";

export interface RecentQueriesProps {
  readonly letter: string;
  readonly onChoose: (text: string) => void;
}

export function RecentQueries({ letter, onChoose }: RecentQueriesProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useCloseOnOutside(root, () => setOpen(false));
  const close = (): void => {
    setOpen(false);
    root.current?.querySelector("button")?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !open) return;
    event.preventDefault();
    close();
  };
  return (
    <div class="picker" ref={root} role="group" aria-label={`Recent expressions for ${letter}`} onKeyDown={onKeyDown}>
      <button
        type="button"
        class="button button-icon"
        aria-label="Recent expressions"
        title="Recent expressions"
        aria-expanded={open}
        data-testid="query-recent"
        onClick={() => setOpen(!open)}
      >
        <ClockIcon />
      </button>
      {open && (
        <RecentList
          onChoose={(text) => {
            onChoose(text);
            close();
          }}
        />
      )}
    </div>
  );
}

function RecentList({ onChoose }: { readonly onChoose: (text: string) => void }): JSX.Element {
  const recent = recentExpressions.value;
  return (
    <div class="popup popup-right popup-wide">
      {recent.length === 0 && <p class="muted">What you run is kept here, in this browser only.</p>}
      <ul class="popup-list">
        {recent.map((text) => (
          <li key={text}>
            <button type="button" class="popup-item code" title={text} onClick={() => onChoose(text)}>
              <span class="ellipsis">{text}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
