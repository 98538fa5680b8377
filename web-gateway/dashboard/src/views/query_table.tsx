// The values of expressions at one moment.
import type { JSX } from "preact";
import { letterOf } from "../charts/query_chart.ts";
import { exactNumber } from "../lib/format_number.ts";
import { formatCount } from "../lib/format_ratio.ts";
import { formatDateTime } from "../lib/format_time.ts";
import type { InstantAnswer, InstantValue, MatrixRow } from "../lib/query_model.ts";
import { seriesText } from "../lib/series_text.ts";
import { queryState, setGraphWidth } from "../state/query.ts";

/** More rows than this are scrolled past, not read. */
const greatestRows = 500;
const greatestSamples = 60;

interface Row {
  readonly series: string;
  readonly value: string;
}

export function QueryTables(): JSX.Element {
  const results = queryState.value?.results ?? [];
  return (
    <div class="query-tables" ref={measure}>
      {results.map(({ table }, index) =>
        table === undefined ? null : (
          <ResultTable key={letterOf(index)} answer={table} title={results.length > 1 ? letterOf(index) : ""} />
        ),
      )}
    </div>
  );
}

/** The graph's width decides the step; the table is as wide. */
function measure(element: HTMLElement | null): void {
  if (element !== null) setGraphWidth(element.clientWidth);
}

function ResultTable({ answer, title }: { readonly answer: InstantAnswer; readonly title: string }): JSX.Element {
  const { rows, count } = rowsOf(answer.value);
  return (
    <section class="card query-table-card" data-testid="query-table">
      <p class="muted query-table-title">
        {title !== "" && <b>{title}</b>} {countText(answer.value, count)} at {formatDateTime(answer.timeSeconds * 1000)}
      </p>
      {count > rows.length && (
        <p class="banner banner-stale" role="status" data-testid="query-limit">
          The first {formatCount(rows.length)} of {formatCount(count)} series are shown.
        </p>
      )}
      <table class="query-table">
        <tbody>
          {rows.map(({ series, value }) => (
            <tr key={series}>
              <td class="code">{series}</td>
              <td class="code query-value">{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function countText(value: InstantValue, count: number): string {
  if (value.kind === "scalar") return "Scalar";
  if (value.kind === "text") return "Text";
  if (count === 0) return "No series";
  return count === 1 ? "1 series" : `${formatCount(count)} series`;
}

function rowsOf(value: InstantValue): { readonly rows: readonly Row[]; readonly count: number } {
  switch (value.kind) {
    case "scalar":
      return { rows: [{ series: "scalar", value: exactNumber(value.value) }], count: 1 };
    case "text":
      return { rows: [{ series: "text", value: value.text }], count: 1 };
    case "vector":
      return {
        rows: value.rows.slice(0, greatestRows).map((row) => ({
          series: seriesText(row.labels),
          value: exactNumber(row.value),
        })),
        count: value.rows.length,
      };
    case "matrix":
      return {
        rows: value.rows.slice(0, greatestRows).map((row) => ({ series: seriesText(row.labels), value: samples(row) })),
        count: value.rows.length,
      };
  }
}

/** `value @ time`, one below the other, the newest last. */
function samples({ timesMs, values }: MatrixRow): string {
  const first = Math.max(0, values.length - greatestSamples);
  const lines = values
    .slice(first)
    .map((value, index) => `${exactNumber(value)} @ ${formatDateTime(timesMs[first + index])}`);
  return [...(first > 0 ? [`… ${formatCount(first)} before`] : []), ...lines].join("\n");
}
