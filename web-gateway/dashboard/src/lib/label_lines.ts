// Labels as people write them: `env=prod`, one a line.

export interface WrittenLabels {
  readonly labels: Readonly<Record<string, string>>;
  /** Why these are none, as a sentence; empty if they are. What keys and values may be is the service's to say. */
  readonly problem: string;
}

export function parseLabels(text: string): WrittenLabels {
  const labels = new Map<string, string>();
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "") continue;
    const equals = line.indexOf("=");
    const key = line.slice(0, Math.max(0, equals)).trim();
    if (key === "") return { labels: {}, problem: `“${line}” is no label: write one a line, such as env=prod.` };
    if (labels.has(key)) return { labels: {}, problem: `There are two labels ${key}.` };
    labels.set(key, line.slice(equals + 1).trim());
  }
  return { labels: Object.fromEntries(labels), problem: "" };
}
