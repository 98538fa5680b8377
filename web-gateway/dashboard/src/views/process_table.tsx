// Head and rows of the process table.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ProcessOrder, ViewState } from "../lib/url_state.ts";
import { processes } from "../state/live.ts";
import { updateView, view } from "../state/view.ts";
import { ProcessRowView } from "./process_row.tsx";
import { type Column, type Sorting, TableHead } from "./table_head.tsx";

const columns: readonly Column<ProcessOrder>[] = [
  { order: "pid", title: "PID", className: "col-pid number" },
  { order: "user", title: "User", className: "col-user" },
  { order: "command", title: "Command", className: "col-command" },
  { order: "cpu_utilization_ratio", title: "CPU", className: "col-cpu number", hint: "100 % is one core kept busy" },
  { order: "resident_bytes", title: "Memory", className: "col-memory number", hint: "Memory that is in RAM now" },
  { order: "thread_count", title: "Threads", className: "col-threads number" },
  { order: "read_bytes_per_second", title: "Read", className: "col-read number", hint: "From storage" },
  { order: "write_bytes_per_second", title: "Write", className: "col-write number", hint: "To storage" },
  { order: "unit", title: "Unit", className: "col-unit", hint: "Container or systemd unit" },
  { title: "State", className: "col-state" },
];

export function ProcessTableView(): JSX.Element {
  const [expanded, setExpanded] = useState("");
  const table = processes.value;
  const rows = table?.rows ?? [];
  return (
    <div class="table-scroll">
      <table class="process-table">
        <TableHead columns={columns} sorting={sortingOf(view.value)} />
        <tbody>
          {rows.map((row) => (
            <ProcessRowView
              key={row.key}
              row={row}
              expanded={row.key === expanded}
              onToggle={() => setExpanded(row.key === expanded ? "" : row.key)}
              columnCount={columns.length}
            />
          ))}
        </tbody>
      </table>
      {rows.length === 0 && (
        <p class="muted table-none">
          {table === undefined ? "Waiting for the first process table" : "No process matches"}
        </p>
      )}
    </div>
  );
}

function sortingOf({ order, descending }: ViewState): Sorting<ProcessOrder> {
  return {
    order,
    descending,
    greatestFirst: isQuantity,
    onSort: (next, nextDescending) => updateView({ order: next, descending: nextDescending }),
    testid: "sort",
  };
}

/** Of quantities one wants the greatest first, of names the alphabet. */
function isQuantity(order: ProcessOrder): boolean {
  return order !== "pid" && order !== "user" && order !== "command" && order !== "unit";
}
