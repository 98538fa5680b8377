// A choice of one out of few, side by side.
import type { JSX } from "preact";

export interface SegmentsProps {
  readonly label: string;
  readonly choices: readonly { readonly value: string; readonly text: string }[];
  readonly chosen: string;
  readonly onChoose: (value: string) => void;
}

export function Segments({ label, choices, chosen, onChoose }: SegmentsProps): JSX.Element {
  return (
    <div class="segments" role="group" aria-label={label}>
      {choices.map(({ value, text }) => (
        <button
          type="button"
          key={value}
          class="segment"
          aria-pressed={value === chosen}
          onClick={() => onChoose(value)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
