// One expression: its editor, the expressions that were run before, and what came of it.
import type { JSX, RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { letterOf } from "../charts/query_chart.ts";
import { PromqlEditor } from "../editor/promql_editor.ts";
import type { CompletionSource } from "../lib/completion.ts";
import { formatCount } from "../lib/format_ratio.ts";
import { mistakeExcerpt, type PromqlMistake, promqlMistake } from "../lib/promql_error.ts";
import type { QueryCost } from "../lib/query_model.ts";
import { changeDraft, type Draft, drafts, queryState, removeDraft, replaceDraft, run } from "../state/query.ts";
import type { QueryResult } from "../state/query_state.ts";
import { view } from "../state/view.ts";
import { CloseIcon } from "./icons.tsx";
import { RecentQueries } from "./recent_queries.tsx";

export interface QueryEditorProps {
  readonly draft: Draft;
  readonly index: number;
  readonly source: CompletionSource;
}

export function QueryEditor({ draft, index, source }: QueryEditorProps): JSX.Element {
  const root = useRef<HTMLDivElement>(null);
  const result = queryState.value?.results.find(({ expression }) => expression === draft.text.trim());
  useEditor(root, draft, index, source, result);
  const letter = letterOf(index);
  return (
    <div class="query-row" data-testid="query-row">
      <div class="query-line">
        <span class="query-letter" aria-hidden="true">
          {letter}
        </span>
        <div class="query-editor" ref={root} />
        <RecentQueries letter={letter} onChoose={(text) => replaceDraft(draft.id, text)} />
        {drafts.value.length > 1 && <RemoveButton letter={letter} id={draft.id} />}
      </div>
      {result !== undefined && <ResultLine result={result} />}
    </div>
  );
}

function useEditor(
  root: RefObject<HTMLDivElement | null>,
  draft: Draft,
  index: number,
  source: CompletionSource,
  result: QueryResult | undefined,
): void {
  const editor = useRef<PromqlEditor | undefined>(undefined);
  useEffect(() => {
    if (root.current === null) return undefined;
    const made = new PromqlEditor(root.current, {
      text: draft.text,
      label: `Expression ${letterOf(index)} in PromQL`,
      hint: "Expression, such as rate(node_network_receive_bytes_total[1m])",
      source,
      onChange: (text) => changeDraft(draft.id, text),
      onRun: run,
    });
    editor.current = made;
    if (draft.text === "") made.focus();
    return () => made.destroy();
  }, []);
  const reason = result?.kind === "failed" ? result.reason : "";
  useEffect(() => {
    editor.current?.setMistake(reason === "" ? undefined : mistakeIn(draft.text, reason));
  }, [reason]);
}

/** The service saw the text without the space around it. */
function mistakeIn(text: string, reason: string): PromqlMistake {
  const mistake = promqlMistake(reason, text.trim());
  const indent = text.length - text.trimStart().length;
  return { ...mistake, offset: mistake.offset === undefined ? undefined : mistake.offset + indent };
}

function RemoveButton({ letter, id }: { readonly letter: string; readonly id: number }): JSX.Element {
  return (
    <button
      type="button"
      class="button button-icon"
      aria-label={`Remove expression ${letter}`}
      title="Remove"
      onClick={() => removeDraft(id)}
    >
      <CloseIcon />
    </button>
  );
}

/** What is wrong, or what it cost. */
function ResultLine({ result }: { readonly result: QueryResult }): JSX.Element {
  if (result.kind === "failed") {
    return (
      <div class="query-result problem" role="alert">
        <span data-testid="query-error">{result.reason}</span>
        <Excerpt result={result} />
      </div>
    );
  }
  const answer = view.value.table ? result.table : result.graph;
  const notes = answer?.notes ?? [];
  return (
    <p class="query-result muted" data-testid="query-cost">
      {answer === undefined ? "Running…" : costText(answer.cost, result.elapsedMs)}
      {notes.map((note) => (
        <span class="query-note" key={note}>
          {note}
        </span>
      ))}
    </p>
  );
}

/** The place of a mistake, for those who see: the sentence above names it. */
function Excerpt({ result }: { readonly result: QueryResult }): JSX.Element | null {
  const { offset } = promqlMistake(result.reason, result.expression);
  if (offset === undefined) return null;
  const { before, at, after } = mistakeExcerpt(result.expression, offset);
  return (
    <code class="code query-excerpt" aria-hidden="true" data-testid="query-excerpt">
      {before}
      <mark>{at === "" ? "\u00a0" : at}</mark>
      {after}
    </code>
  );
}

function costText({ sampleCount, seriesCount, evaluationMs }: QueryCost, elapsedMs: number): string {
  const read = `${formatCount(sampleCount)} samples of ${formatCount(seriesCount)} series read`;
  return `${read}, evaluated in ${msText(evaluationMs)}, here after ${msText(elapsedMs)}`;
}

function msText(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 10_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
