// Series as PromQL writes them.
import type { Labels } from "./query_model.ts";

/** `name{label="value"}`, labels sorted; `{}` for a series without any. */
export function seriesText(labels: Labels): string {
  const name = labels["__name__"] ?? "";
  const rest = Object.keys(labels)
    .filter((label) => label !== "__name__")
    .sort()
    .map((label) => `${label}=${JSON.stringify(labels[label])}`);
  if (rest.length === 0) return name === "" ? "{}" : name;
  return `${name}{${rest.join(", ")}}`;
}
