// Answers of two PromQL engines side by side.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { Prometheus } from "./prometheus.mjs";
import { PEERS } from "./stack.mjs";

// Functions beyond arithmetic are correct to the last bit or so in both, but not to the same bit.
const RELATIVE = 1e-12;

/** Starts a Prometheus that holds these samples, lines of `name{label="value"} value seconds` in a file of `folder`. */
export async function prometheusWith(file, folder) {
  const made = spawnSync(path.join(PEERS, "promtool"), ["tsdb", "create-blocks-from", "openmetrics", file, path.join(folder, "tsdb")], { encoding: "utf8", maxBuffer: 1 << 26 });
  if (made.status !== 0) throw new Error(`promtool: ${made.stderr}`);
  return Prometheus.start(folder, [], ["--storage.tsdb.retention.time=100y"]);
}

/** Writes lines of samples as promtool takes them, and returns the file. */
export function writeOpenMetrics(folder, lines) {
  const file = path.join(folder, "series.txt");
  writeFileSync(file, `${lines.join("\n")}\n# EOF\n`);
  return file;
}

/** Asks whoever has Prometheus' API there: `query` is `{ text, time }` or `{ text, start, end, step }`. */
export async function askHttp(address, query) {
  const { text, ...when } = query;
  const body = new URLSearchParams({ query: text, ...when });
  const response = await fetch(`http://${address}/api/v1/${query.step === undefined ? "query" : "query_range"}`, { method: "POST", body });
  const { data, error } = await response.json();
  return error === undefined ? data : { error: error.replace(/^invalid parameter "query": /, "") };
}

const numberOf = (text) => (text.endsWith("Inf") ? Number(`${text}inity`) : Number(text));

/** Whether two numbers are as good as equal: below 1 the error counts as it is, for it comes from larger numbers. */
export function alike(a, b) {
  const [x, y] = [numberOf(a), numberOf(b)];
  return Object.is(x, y) || x === y || Math.abs(x - y) <= RELATIVE * Math.max(1, Math.abs(x), Math.abs(y));
}

const keyOf = (metric) => JSON.stringify(Object.entries(metric).sort());

/** The answer as rows by labels, whatever its kind. */
function rowsOf({ resultType, result }) {
  if (resultType === "scalar" || resultType === "string") return new Map([["", [result]]]);
  return new Map(result.map((row) => [keyOf(row.metric), row.values ?? [row.value]]));
}

// Which group of series is at fault first, and which of them is named first, depends on how they are stored.
// So it is with parameters where several are wrong.
const withoutSeries = (error) =>
  error
    .replace(/match group \{.*?\} on/, "match group {…} on")
    .replace(/\[.*\]/, "[…]")
    .replace(/^Scalar value \S+ overflows/, "Scalar value … overflows");

/** What is different between two answers, or nothing. */
export function difference(ours, theirs) {
  if (ours.error !== undefined || theirs.error !== undefined) {
    return withoutSeries(ours.error ?? "none") === withoutSeries(theirs.error ?? "none") ? undefined : `error ${ours.error}, theirs ${theirs.error}`;
  }
  if (ours.resultType !== theirs.resultType) return `type ${ours.resultType}, theirs ${theirs.resultType}`;
  const [left, right] = [rowsOf(ours), rowsOf(theirs)];
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const [a, b] = [left.get(key), right.get(key)];
    if (a === undefined || b === undefined) return `${key} is only in ${a ? "ours" : "theirs"}: ${JSON.stringify(a ?? b).slice(0, 200)}`;
    if (a.length !== b.length) return `${key} has ${a.length} points, theirs ${b.length}`;
    for (let i = 0; i < a.length; ++i) {
      if (a[i][0] !== b[i][0]) return `${key} point ${i} is at ${a[i][0]}, theirs ${b[i][0]}`;
      if (!alike(a[i][1], b[i][1])) return `${key} at ${a[i][0]} is ${a[i][1]}, theirs ${b[i][1]}`;
    }
  }
  return undefined;
}

// These make anything of the last bit of an operand, or of the order in which values are added up: each with one that does not.
const AMPLIFIERS = [
  [/ [%-] /g, " + "],
  [/ (==|!=|>=|<=|>|<)( bool)? /g, " + "],
  [/\b(sin|cos|tan)\(/g, "deg("],
  [/\b(i?rate|increase|i?delta|deriv)\(/g, "last_over_time("],
  [/\bstd(dev|var)\b/g, "avg"],
  [/\bstd(dev|var)_over_time\b/g, "avg_over_time"],
];

/** Asks two engines, each a function that takes a query, many of them: how many `theirs` had an answer to, and what is different. */
export async function compare(ours, theirs, queries) {
  const ask = (query) => Promise.all([ours(query), theirs(query)]);
  const failures = [];
  const amplified = []; // what goes into the operators above is the same
  let answered = 0;
  for (const query of queries) {
    const answers = await ask(query);
    if (answers[1].result?.length > 0) answered += 1;
    const what = difference(...answers);
    if (what === undefined) continue;
    const { text, ...when } = query;
    const calm = AMPLIFIERS.reduce((calmer, [from, to]) => calmer.replace(from, to), text);
    const list = calm !== text && difference(...(await ask({ text: calm, ...when }))) === undefined ? amplified : failures;
    list.push(`${text}\n    ${JSON.stringify(when)}: ${what}`);
  }
  // That happens to one query of some thousands; if an operator were wrong, it would to one of a hundred.
  if (amplified.length > Math.max(1, queries.length / 500)) failures.push(...amplified);
  return { answered, failures };
}
