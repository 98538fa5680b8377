// The process table: ordered, filtered and cut by the service, so that it is the same for 50 and for 50,000 processes.
import type { JSX } from "preact";
import { formatCount } from "../lib/format_ratio.ts";
import { cutFilter, processLimits } from "../lib/url_state.ts";
import { processes } from "../state/live.ts";
import { updateView, view } from "../state/view.ts";
import { SearchIcon } from "./icons.tsx";
import { ProcessTableView } from "./process_table.tsx";
import { Segments } from "./segments.tsx";
import { useDelayedText } from "./use_delayed_text.ts";

export function Processes(): JSX.Element {
  return (
    <section class="card processes" aria-label="Processes" data-testid="processes">
      <div class="card-title processes-title">
        <h2>Processes</h2>
        <span class="muted" data-testid="process-count">
          {countText()}
        </span>
        {processes.value?.partial === true && (
          <span class="partial" data-testid="process-partial" title="The agent has not sent all processes yet">
            partial
          </span>
        )}
        <span class="header-space" />
        <FilterBox />
        <Segments
          label="Arrangement"
          choices={[
            { value: "list", text: "List" },
            { value: "tree", text: "Tree" },
          ]}
          chosen={view.value.tree ? "tree" : "list"}
          onChoose={(value) => updateView({ tree: value === "tree" })}
        />
        <Segments
          label="Rows"
          choices={processLimits.map((limit) => ({ value: String(limit), text: String(limit) }))}
          chosen={String(view.value.limit)}
          onChoose={(value) => updateView({ limit: Number(value) })}
        />
      </div>
      <ProcessTableView />
    </section>
  );
}

function countText(): string {
  const table = processes.value;
  if (table === undefined) return "";
  const all = `${formatCount(table.processCount)} with ${formatCount(table.threadCount)} threads`;
  const zombies =
    table.zombieCount > 0 ? `, ${table.zombieCount} ${table.zombieCount === 1 ? "zombie" : "zombies"}` : "";
  const matched = view.value.filter === "" ? "" : `${formatCount(table.matchedCount)} of `;
  return `${matched}${all}${zombies}`;
}

function FilterBox(): JSX.Element {
  const [text, onInput] = useDelayedText(view.value.filter, (filter) => updateView({ filter: cutFilter(filter) }));
  return (
    <label class="search">
      <SearchIcon />
      <span class="visually-hidden">Filter processes</span>
      <input
        class="input"
        type="search"
        placeholder="Command, user, unit or pid"
        data-testid="process-filter"
        value={text}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}
