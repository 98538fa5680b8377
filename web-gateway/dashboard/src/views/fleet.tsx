// All hosts on one page: which of them to look at, and what runs there.
import type { JSX } from "preact";
import { formatCount } from "../lib/format_ratio.ts";
import { fleetHosts, fleetPageSize, fleetProblem } from "../state/fleet.ts";
import { updateView, view } from "../state/view.ts";
import { ConnectionBanner } from "./connection_badge.tsx";
import { FleetProcesses } from "./fleet_processes.tsx";
import { FleetTable } from "./fleet_table.tsx";
import { SearchIcon } from "./icons.tsx";
import { useDelayedText } from "./use_delayed_text.ts";

export function Fleet(): JSX.Element {
  const problem = fleetProblem.value;
  return (
    <>
      <ConnectionBanner />
      <section class="card processes" aria-label="Hosts" data-testid="fleet">
        <div class="card-title processes-title">
          <h2>Hosts</h2>
          <span class="muted" data-testid="fleet-count">
            {countText()}
          </span>
          <span class="header-space" />
          <FilterBox problem={problem} />
        </div>
        {problem !== "" && (
          <p class="fleet-problem" role="alert" data-testid="fleet-problem">
            {problem}
          </p>
        )}
        <FleetTable />
        <Pager />
      </section>
      <FleetProcesses />
    </>
  );
}

function countText(): string {
  const list = fleetHosts.value;
  if (list === undefined) return "";
  const states = [
    { count: list.onlineCount, word: "online" },
    { count: list.staleCount, word: "stale" },
    { count: list.offlineCount, word: "offline" },
  ].filter(({ count }) => count > 0);
  return [formatCount(list.matchedCount), ...states.map(({ count, word }) => `${formatCount(count)} ${word}`)].join(
    " · ",
  );
}

function FilterBox({ problem }: { readonly problem: string }): JSX.Element {
  const [text, onInput] = useDelayedText(view.value.fleetText, (fleetText) => updateView({ fleetText, fleetPage: 0 }));
  return (
    <label class="search">
      <SearchIcon />
      <span class="visually-hidden">Find hosts</span>
      <input
        class="input fleet-filter"
        type="search"
        spellcheck={false}
        autocapitalize="off"
        placeholder='Name, or env="prod",cpu.utilization>80%'
        data-testid="fleet-filter"
        aria-invalid={problem !== ""}
        value={text}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

function Pager(): JSX.Element | null {
  const matched = fleetHosts.value?.matchedCount ?? 0;
  const { fleetPage } = view.value;
  const pages = Math.max(Math.ceil(matched / fleetPageSize), 1);
  if (pages === 1 && fleetPage === 0) return null;
  const last = Math.min((fleetPage + 1) * fleetPageSize, matched);
  const go = (page: number) => (): void => updateView({ fleetPage: page });
  return (
    <nav class="pager" aria-label="Pages of hosts">
      <button type="button" class="button" disabled={fleetPage === 0} onClick={go(Math.min(fleetPage, pages) - 1)}>
        Previous
      </button>
      <span class="muted" data-testid="fleet-page">
        {fleetPage < pages ? `${fleetPage * fleetPageSize + 1}–${last} of ${formatCount(matched)}` : "behind the last"}
      </span>
      <button type="button" class="button" disabled={fleetPage + 1 >= pages} onClick={go(fleetPage + 1)}>
        Next
      </button>
    </nav>
  );
}
