// Ratios as percent, and plain numbers.

/** A ratio as percent, such as `7.3 %`, `100 %`; `–` if it was not measured. */
export function formatPercent(ratio: number | undefined): string {
  if (ratio === undefined || !Number.isFinite(ratio)) return "–";
  const percent = ratio * 100;
  return `${percent.toFixed(Math.abs(percent) >= 99.95 ? 0 : 1)} %`;
}

/** A number with two digits after the point, such as a load average; `–` if it was not measured. */
export function formatDecimal(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? "–" : value.toFixed(2);
}

/** A whole number with thin spaces between thousands. */
export function formatCount(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}
