// Numbers of any size, of which nothing is known but that they are numbers.

const prefixes = ["", "k", "M", "G", "T", "P"] as const;
const leastPlain = 1e-3;

/** Four significant digits, thousands as `k`, `M` and so on, or an exponent; `–` for NaN. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (size === Number.POSITIVE_INFINITY) return `${sign}∞`;
  if (size === 0) return "0";
  if (Number(size.toPrecision(3)) < leastPlain) return `${sign}${shortened(size.toExponential(2))}`;
  const thousands = Math.max(0, Math.floor(Math.log10(size) / 3));
  const prefix = prefixes[thousands];
  if (prefix === undefined) return `${sign}${shortened(size.toExponential(3))}`;
  const digits = Number((size / 1000 ** thousands).toPrecision(4));
  return `${sign}${digits}${prefix}`;
}

/** All digits, as Prometheus writes them: `NaN`, `+Inf`, `1e+21`. */
export function exactNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}

function shortened(exponential: string): string {
  return exponential
    .replace(/\.?0+e/, "e")
    .replace("e+", "e")
    .replace("e-", "e−");
}
