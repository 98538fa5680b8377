// Expressions in PromQL, and what they yield: values at a moment, or a graph over time.
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { connection } from "../state/live.ts";
import { addDraft, drafts, mayAddDraft, queryState, run, startQueries } from "../state/query.ts";
import { updateView, view } from "../state/view.ts";
import { ConnectionBanner } from "./connection_badge.tsx";
import { PlusIcon } from "./icons.tsx";
import { QueryEditor } from "./query_editor.tsx";
import { QueryExamples } from "./query_examples.tsx";
import { QueryFollowing } from "./query_following.tsx";
import { QueryGraph } from "./query_graph.tsx";
import { QueryTables } from "./query_table.tsx";
import { RangeBar } from "./range_bar.tsx";
import { Segments } from "./segments.tsx";
import { StepField } from "./step_field.tsx";

export function QueryPage(): JSX.Element {
  const source = useMemo(startQueries, []);
  const { expressions } = view.value;
  return (
    <>
      {connection.value.kind === "down" && <ConnectionBanner />}
      <section class="card query-card" aria-label="Expressions">
        {drafts.value.map((draft, index) => (
          <QueryEditor key={draft.id} draft={draft} index={index} source={source} />
        ))}
        <QueryButtons />
      </section>
      {expressions.length === 0 ? <QueryExamples /> : <Result />}
    </>
  );
}

function Result(): JSX.Element {
  return (
    <section aria-label="Result">
      <RangeBar title="Result" window={queryState.value?.window} />
      <ResultTools />
      {view.value.table ? <QueryTables /> : <QueryGraph />}
    </section>
  );
}

function QueryButtons(): JSX.Element {
  return (
    <div class="query-buttons">
      <button type="button" class="button" disabled={!mayAddDraft.value} onClick={() => addDraft()}>
        <PlusIcon /> Add expression
      </button>
      <span class="muted query-keys">Enter runs, Shift+Enter breaks the line, Ctrl+Space completes</span>
      <button type="button" class="button button-primary" data-testid="query-run" onClick={run}>
        Run
      </button>
    </div>
  );
}

function ResultTools(): JSX.Element {
  return (
    <div class="result-tools">
      <Segments
        label="Show as"
        testid="query-tab"
        choices={[
          { value: "graph", text: "Graph" },
          { value: "table", text: "Table" },
        ]}
        chosen={view.value.table ? "table" : "graph"}
        onChoose={(value) => updateView({ table: value === "table" })}
      />
      {!view.value.table && <StepField />}
      <QueryFollowing />
    </div>
  );
}
