// A choice of one out of few, side by side.
import type { JSX } from "preact";

export interface SegmentsProps {
  readonly label: string;
  readonly choices: readonly { readonly value: string; readonly text: string; readonly title?: string }[];
  readonly testid?: string;
  readonly chosen: string;
  readonly onChoose: (value: string) => void;
}

export function Segments({ label, choices, testid, chosen, onChoose }: SegmentsProps): JSX.Element {
  return (
    <div class="segments" role="group" aria-label={label} data-testid={testid}>
      {choices.map(({ value, text, title }) => (
        <button
          type="button"
          key={value}
          class="segment"
          title={title}
          aria-pressed={value === chosen}
          onClick={() => onChoose(value)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
