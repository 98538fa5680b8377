// One process; its whole command line and the rest on demand.
import { Fragment, type JSX } from "preact";
import { formatBytes, formatBytesPerSecond } from "../lib/format_bytes.ts";
import { formatCount, formatPercent } from "../lib/format_ratio.ts";
import { formatCpuTime, formatDateTime } from "../lib/format_time.ts";
import type { ProcessRow } from "../lib/model.ts";
import { indentOf, ownerOf, ownerTitle } from "../lib/process_text.ts";

export interface ProcessRowProps {
  readonly row: ProcessRow;
  readonly expanded: boolean;
  readonly onToggle: () => void;
  readonly columnCount: number;
}

export function ProcessRowView({ row, expanded, onToggle, columnCount }: ProcessRowProps): JSX.Element {
  return (
    <Fragment>
      <tr data-testid="process-row" data-pid={row.pid} class={expanded ? "expanded" : ""}>
        <td class="col-pid number">{row.pid}</td>
        <td class="col-user ellipsis" title={row.user}>
          {row.user}
        </td>
        <td class="col-command">
          <button
            type="button"
            class="command ellipsis"
            aria-expanded={expanded}
            title={row.commandLine}
            style={row.depth > 0 ? `--indent: ${indentOf(row)}` : undefined}
            onClick={onToggle}
          >
            <span class="command-name">{row.command}</span> <span class="muted">{argumentsOf(row)}</span>
          </button>
        </td>
        <td class="col-cpu number">{formatPercent(row.cpuUtilizationRatio)}</td>
        <td class="col-memory number">{formatBytes(row.residentBytes)}</td>
        <td class="col-threads number">{row.threadCount}</td>
        <td class="col-read number">{rateText(row.readBytesPerSecond)}</td>
        <td class="col-write number">{rateText(row.writeBytesPerSecond)}</td>
        <td class="col-unit ellipsis" title={ownerTitle(row)}>
          {ownerOf(row)}
        </td>
        <td class={`col-state state-${row.state.replace(" ", "-")}`}>{row.state}</td>
      </tr>
      {expanded && (
        <tr class="detail" data-testid="process-detail">
          <td colSpan={columnCount}>
            <code>{row.commandLine || `[${row.command}]`}</code>
            <ProcessFacts row={row} />
          </td>
        </tr>
      )}
    </Fragment>
  );
}

function ProcessFacts({ row }: { readonly row: ProcessRow }): JSX.Element {
  const facts = [
    { name: "Parent", text: String(row.parentPid) },
    { name: "Started", text: formatDateTime(row.startTimeMs) },
    { name: "CPU time", text: formatCpuTime(row.cpuSeconds) },
    { name: "Memory share", text: formatPercent(row.memoryUtilizationRatio) },
    { name: "Address space", text: formatBytes(row.virtualBytes) },
    { name: "Shared", text: formatBytes(row.sharedBytes) },
    { name: "Swapped out", text: formatBytes(row.swapBytes) },
    { name: "Open files", text: row.openFileCount === undefined ? "–" : formatCount(row.openFileCount) },
    { name: "Nice", text: String(row.nice) },
    { name: "Program", text: row.executable },
    { name: "Unit", text: row.unit },
    { name: "Container", text: row.container },
  ].filter(({ text }) => text !== "");
  return (
    <dl class="process-facts">
      {facts.map(({ name, text }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The command line without the program, which the name says already. */
function argumentsOf(row: ProcessRow): string {
  const space = row.commandLine.indexOf(" ");
  return space < 0 ? "" : row.commandLine.slice(space + 1);
}

/** Nothing written is the normal case, and a column of zeros hides the others. */
function rateText(bytesPerSecond: number | undefined): string {
  return bytesPerSecond === 0 ? "0" : formatBytesPerSecond(bytesPerSecond);
}
