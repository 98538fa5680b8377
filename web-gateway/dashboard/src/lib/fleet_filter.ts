// What people write to find hosts: a word of a hostname, or a filter as the service takes it.

/** What no word has, and every filter does. */
const filterSigns = /[=<>~{}]/;

/** The filter that the text means: as it is, or, for a word, all hosts whose name contains it in any case. */
export function fleetFilter(text: string): string {
  const trimmed = text.trim();
  if (trimmed === "" || filterSigns.test(trimmed)) return trimmed;
  // The expression of RE2 first, then the string of PromQL around it.
  const literal = trimmed.replace(/[\\^$.*+?()[\]|]/g, "\\$&");
  return `hostname=~${JSON.stringify(`(?i).*${literal}.*`)}`;
}

/** The points of a line through these values in a box of 1 by 1, its pieces apart where nothing was measured. */
export function sparkPath(values: readonly (number | undefined)[], length: number): string {
  const start = length - values.length;
  let path = "";
  let drawing = false;
  values.forEach((value, index) => {
    if (value === undefined) {
      drawing = false;
      return;
    }
    const x = (start + index) / Math.max(length - 1, 1);
    path += `${drawing ? "L" : "M"}${x.toFixed(3)} ${(1 - Math.min(Math.max(value, 0), 1)).toFixed(3)}`;
    drawing = true;
  });
  return path;
}
