// A bar from 0 to 100 %.
import type { JSX } from "preact";
import { formatPercent } from "../lib/format_ratio.ts";
import { severityOf } from "../lib/severity.ts";

/** Without a ratio there is an empty place of the same height, so that nothing moves when a value comes. */
export function Meter({ ratio, label }: { readonly ratio: number | undefined; readonly label: string }): JSX.Element {
  if (ratio === undefined) return <div class="meter meter-none" />;
  const percent = Math.min(100, Math.max(0, ratio * 100));
  return (
    <div
      class={`meter severity-${severityOf(ratio)}`}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent)}
      aria-valuetext={formatPercent(ratio)}
    >
      <div class="meter-bar" style={{ width: `${percent}%` }} />
    </div>
  );
}
