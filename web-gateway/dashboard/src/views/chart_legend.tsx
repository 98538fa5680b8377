// The legend of a chart: what each line is, its value at the cursor or now, and a switch for it.
import type { JSX } from "preact";
import type { ChartPlan, LegendItem } from "../charts/chart_plan.ts";
import { colorOf } from "../charts/palette.ts";
import { rowAtCursor } from "../charts/series_data.ts";
import { formatValue } from "../charts/units.ts";
import type { Columns } from "../lib/columns.ts";
import { toggleHidden } from "../lib/url_state.ts";
import { cursorSeconds } from "../state/cursor.ts";
import { theme } from "../state/theme.ts";
import { updateView, view } from "../state/view.ts";

interface LegendProps {
  readonly plan: ChartPlan;
  readonly columns: Columns;
}

export function ChartLegend({ plan, columns }: LegendProps): JSX.Element {
  const row = rowAtCursor(columns, cursorSeconds.value);
  return (
    <div class="legend" role="group" aria-label={`Series of ${plan.title}`}>
      {plan.legend.map((item) => (
        <LegendSwitch key={item.id} item={item} plan={plan} columns={columns} row={row} />
      ))}
      {plan.legend.length === 0 && <span class="muted legend-none">Nothing measured yet</span>}
    </div>
  );
}

interface SwitchProps extends LegendProps {
  readonly item: LegendItem;
  readonly row: number | undefined;
}

function LegendSwitch({ item, plan, columns, row }: SwitchProps): JSX.Element {
  const { hidden } = view.value;
  const shown = !hidden.includes(item.id);
  const texts = item.values.map(({ name, prefix }) => {
    const value = row === undefined ? Number.NaN : columns.at(name, row);
    return `${prefix}${prefix === "" ? "" : "\u00a0"}${formatValue(plan.unit, value)}`;
  });
  return (
    <button
      type="button"
      class="legend-item"
      aria-pressed={shown}
      title={`${shown ? "Hide" : "Show"} ${item.label}`}
      onClick={() => updateView({ hidden: toggleHidden(hidden, item.id) })}
    >
      <span class="swatch" style={{ background: colorOf(theme.value, item.slot) }} aria-hidden="true" />
      <span class="legend-label ellipsis">{item.label}</span>
      {texts.map((text, index) => (
        <span class={`legend-value unit-${plan.unit}`} key={item.values[index]?.name}>
          {text}
        </span>
      ))}
    </button>
  );
}
