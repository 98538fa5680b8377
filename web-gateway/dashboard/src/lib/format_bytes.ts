// Bytes for people, in IEC units throughout: 1 KiB = 1024 B.

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] as const;

/** The size as three significant digits and a unit, such as `5.12 GiB`; `–` if it was not measured. */
export function formatBytes(bytes: number | undefined): string {
  if (bytes === undefined || !Number.isFinite(bytes)) return "–";
  let value = Math.abs(bytes);
  let unit = 0;
  // 999.5 would be rounded to four digits.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const sign = bytes < 0 ? "−" : "";
  return `${sign}${threeDigits(value, unit)} ${units[unit]}`;
}

/** As formatBytes, per second. */
export function formatBytesPerSecond(bytesPerSecond: number | undefined): string {
  return bytesPerSecond === undefined ? "–" : `${formatBytes(bytesPerSecond)}/s`;
}

function threeDigits(value: number, unit: number): string {
  if (unit === 0) return value.toFixed(0);
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}
