// Two fields for a range of one's own: local times, or times relative to now.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { formatDateTime } from "../lib/format_time.ts";
import { canonicalMoment, isLive, rangeProblem, type TimeRange, usualRanges } from "../lib/time_range.ts";
import { chooseRange } from "../state/range.ts";
import { view } from "../state/view.ts";
import { usePopup } from "./use_popup.ts";

export function CustomRange(): JSX.Element {
  const { root, open, toggle, close, onKeyDown } = usePopup();
  return (
    <div class="picker" ref={root} role="group" aria-label="Custom range" onKeyDown={onKeyDown}>
      <button
        type="button"
        class="button button-small"
        aria-expanded={open}
        aria-pressed={isCustom(view.value.range)}
        data-testid="range-custom"
        onClick={toggle}
      >
        Custom
      </button>
      {open && <RangeForm onDone={close} />}
    </div>
  );
}

function isCustom(range: TimeRange): boolean {
  return !isLive(range) && !(range.to === "now" && usualRanges.some((usual) => range.from === `now-${usual}`));
}

function RangeForm({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const [from, setFrom] = useState(shownMoment(view.value.range.from || "now-1h"));
  const [to, setTo] = useState(shownMoment(view.value.range.to || "now"));
  const [problem, setProblem] = useState("");
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    const now = Date.now() / 1000;
    const found = rangeProblem({ from, to }, now);
    setProblem(found);
    if (found !== "") return;
    chooseRange({ from: canonicalMoment(from, now), to: canonicalMoment(to, now) });
    onDone();
  };
  return (
    <form class="popup popup-right range-form" onSubmit={onSubmit}>
      <MomentField label="From" value={from} onInput={setFrom} focused />
      <MomentField label="To" value={to} onInput={setTo} />
      <p class="muted">Local time, such as 2026-11-21 10:30, or relative: now-2h, now-1d12h.</p>
      {problem !== "" && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <button type="submit" class="button">
        Apply
      </button>
    </form>
  );
}

interface MomentFieldProps {
  readonly label: string;
  readonly value: string;
  readonly focused?: boolean;
  readonly onInput: (value: string) => void;
}

function MomentField({ label, value, focused = false, onInput }: MomentFieldProps): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        class="input"
        value={value}
        spellcheck={false}
        autocomplete="off"
        ref={focused ? focusOnce : null}
        data-testid={`range-${label.toLowerCase()}`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

function focusOnce(input: HTMLInputElement | null): void {
  input?.select();
}

/** A moment of the URL as people read it: relative as it is, others in local time. */
function shownMoment(text: string): string {
  return text.startsWith("now") ? text : formatDateTime(Date.parse(text));
}
