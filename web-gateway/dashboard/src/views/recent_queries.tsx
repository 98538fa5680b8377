// The expressions that were run in this browser, to choose one again.
import type { JSX } from "preact";
import { recentExpressions } from "../state/recent.ts";
import { ClockIcon } from "./icons.tsx";
import { usePopup } from "./use_popup.ts";

export interface RecentQueriesProps {
  readonly letter: string;
  readonly onChoose: (text: string) => void;
}

export function RecentQueries({ letter, onChoose }: RecentQueriesProps): JSX.Element {
  const { root, open, toggle, close, onKeyDown } = usePopup();
  return (
    <div class="picker" ref={root} role="group" aria-label={`Recent expressions for ${letter}`} onKeyDown={onKeyDown}>
      <button
        type="button"
        class="button button-icon"
        aria-label="Recent expressions"
        title="Recent expressions"
        aria-expanded={open}
        data-testid="query-recent"
        onClick={toggle}
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
