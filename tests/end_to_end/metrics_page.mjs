// A page of Prometheus' text format as data, and what two such pages have to say about each other.

/** Labels as they stand between braces, sorted, so that the same labels are the same text. */
function sortedLabels(text) {
  const labels = [...text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)];
  return labels
    .filter(([, , value]) => value !== "") // an empty label is none
    .map(([, name, value]) => `${name}="${value}"`)
    .sort()
    .join(",");
}

/** Families by name: `{ type, help, series }`, and in `series` values by labels. */
export function parsePage(text) {
  const families = new Map();
  const family = (name) => {
    if (!families.has(name)) families.set(name, { type: "untyped", help: "", series: new Map() });
    return families.get(name);
  };
  for (const line of text.split("\n")) {
    const comment = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line);
    if (comment !== null) {
      const [, kind, name, rest] = comment;
      family(name)[kind.toLowerCase()] = rest;
      continue;
    }
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (sample === null) continue;
    const [, name, labels, value] = sample;
    family(name).series.set(sortedLabels(labels ?? ""), Number(value.replace("Inf", "Infinity")));
  }
  return families;
}

/** What `ours` lacks or says otherwise than `theirs`, as sentences; values are left to `judge`. */
export function differences(theirs, ours, { ignored = () => false, otherHelp = new Set(), judge }) {
  const found = [];
  for (const [name, family] of theirs) {
    if (ignored(name)) continue;
    const own = ours.get(name);
    if (own === undefined) {
      found.push(`${name} is absent`);
      continue;
    }
    if (own.type !== family.type) found.push(`${name} is a ${own.type}, not a ${family.type}`);
    if (own.help !== family.help && !otherHelp.has(name)) found.push(`${name} is explained by '${own.help}', not '${family.help}'`);
    for (const [labels, value] of family.series) {
      const series = `${name}{${labels}}`;
      if (ignored(name, labels)) continue;
      if (!own.series.has(labels)) found.push(`${series} is absent`);
      else {
        const verdict = judge(name, labels, value, own.series.get(labels));
        if (verdict) found.push(`${series}: ${verdict}`);
      }
    }
    for (const labels of own.series.keys()) {
      if (!family.series.has(labels) && !ignored(name, labels)) found.push(`${name}{${labels}} is too much`);
    }
  }
  return found;
}
