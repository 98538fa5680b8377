// How bad a value is: yellow from 75 %, red from 90 %. Shown by a word and a shape too, never by colour alone.

export type Severity = "ok" | "warning" | "critical" | "unknown";

export const warningRatio = 0.75;
export const criticalRatio = 0.9;

/** The severity of a share of a capacity. */
export function severityOf(ratio: number | undefined): Severity {
  if (ratio === undefined || Number.isNaN(ratio)) return "unknown";
  if (ratio >= criticalRatio) return "critical";
  return ratio >= warningRatio ? "warning" : "ok";
}

/** The word for it; empty where there is nothing to say. */
export function severityWord(severity: Severity): string {
  switch (severity) {
    case "critical":
      return "critical";
    case "warning":
      return "high";
    case "ok":
    case "unknown":
      return "";
  }
}
