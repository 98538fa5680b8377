// The query page: the expressions as they are typed, and what came of those that were run.
import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import { CallError } from "../api/client.ts";
import { createQueryClient, queryInstant, queryRange } from "../api/query.ts";
import { isQuerySeries, type LineSlots, type QueryChart, queryChart } from "../charts/query_chart.ts";
import type { CompletionSource } from "../lib/completion.ts";
import { greatestExpressions } from "../lib/url_state.ts";
import { createCompletion } from "./completion.ts";
import { newestGraph } from "./query_answer.ts";
import { QueryFeed } from "./query_feed.ts";
import type { QueryState, QueryView } from "./query_state.ts";
import { rememberExpressions } from "./recent.ts";
import { checkServiceClock, serviceNowSeconds } from "./service_clock.ts";
import { updateView, view } from "./view.ts";
import { whileVisible } from "./visible_timer.ts";
import { watchExpressions } from "./watched.ts";

/** An expression in its editor, run or not. */
export interface Draft {
  /** Stays the same while the text changes. */
  readonly id: number;
  readonly text: string;
}

const shown = signal<QueryState | undefined>(undefined);
const width = signal(0);
const typed = signal<readonly Draft[]>([]);
let nextId = 1;
/** Of the lines that were drawn last: lines keep their colours while others come and go. */
let slots: LineSlots = new Map();

/** What the expressions that were run last yield. */
export const queryState: ReadonlySignal<QueryState | undefined> = shown;
/** At least one. */
export const drafts: ReadonlySignal<readonly Draft[]> = typed;
/** The graph of all expressions together. */
export const graph: ReadonlySignal<QueryChart> = computed(() => {
  const results = shown.value?.results ?? [];
  const graphs = results.map((result) => result.graph);
  const chart = queryChart(graphs, slots, newestGraph(results));
  slots = chart.slots;
  return chart;
});
export const mayAddDraft: ReadonlySignal<boolean> = computed(() => typed.value.length < greatestExpressions);

export function addDraft(text = ""): void {
  if (mayAddDraft.value) typed.value = [...typed.value, draftOf(text)];
}

/** Notes what is typed. */
export function changeDraft(id: number, text: string): void {
  typed.value = typed.value.map((draft) => (draft.id === id ? { id, text } : draft));
}

/** Puts another expression in the place of one. It gets an editor of its own: what is typed is never written back. */
export function replaceDraft(id: number, text: string): void {
  typed.value = typed.value.map((draft) => (draft.id === id ? draftOf(text) : draft));
}

export function removeDraft(id: number): void {
  const rest = typed.value.filter((draft) => draft.id !== id);
  typed.value = rest.length === 0 ? [draftOf("")] : rest;
  run();
}

/** Runs what is typed. */
export function run(): void {
  const expressions = texts();
  rememberExpressions(expressions);
  const before = JSON.stringify(view.value.expressions);
  updateView({ expressions, hidden: view.value.hidden.filter((id) => !isQuerySeries(id)) });
  if (before === JSON.stringify(expressions)) feed?.reload();
}

export function setGraphWidth(pixels: number): void {
  const coarse = 64;
  width.value = Math.ceil(pixels / coarse) * coarse;
}

function texts(): readonly string[] {
  return typed.value.map(({ text }) => text.trim()).filter((text) => text !== "");
}

function draftOf(text: string): Draft {
  return { id: nextId++, text };
}

let feed: QueryFeed | undefined;
let completion: CompletionSource | undefined;

const wanted = computed((): QueryView | undefined => {
  const { expressions, range, liveMinutes, table, step, page } = view.value;
  if (page !== "query" || width.value === 0) return undefined;
  return { expressions, range, liveMinutes, table, step, pixels: width.value };
});
const wantedKey = computed(() => JSON.stringify(wanted.value));
const expressionsKey = computed(() => JSON.stringify(view.value.expressions));

/** Starts to follow the view, once; returns what there is to ask for. */
export function startQueries(): CompletionSource {
  if (completion !== undefined) return completion;
  const baseUrl = new URL(".", document.baseURI).href.replace(/\/$/, "");
  const client = createQueryClient(baseUrl);
  const opened: QueryFeed = new QueryFeed({
    onWatch: (key) => watchExpressions(key, opened),
    isRefusal: (thrown) => thrown instanceof CallError && thrown.refused,
    queryRange: (question, signal) => queryRange(client, question, signal),
    queryInstant: (expression, atSeconds, signal) => queryInstant(client, expression, atSeconds, signal),
    nowMs: Date.now,
    serviceNowSeconds,
    checkClock: (signal) => checkServiceClock(client, signal),
    onState: (state) => {
      shown.value = state;
    },
    setTimer: whileVisible,
  });
  feed = opened;
  effect(() => {
    expressionsKey.value;
    untracked(takeExpressions);
  });
  effect(() => {
    wantedKey.value;
    untracked(() => (wanted.value === undefined ? opened.stop() : opened.show(wanted.value)));
  });
  completion = createCompletion(baseUrl);
  return completion;
}

/** Puts the URL's expressions into the editors, unless they are there already: after going back, or at first. */
function takeExpressions(): void {
  const { expressions } = view.value;
  if (typed.value.length > 0 && JSON.stringify(texts()) === JSON.stringify(expressions)) return;
  typed.value = (expressions.length === 0 ? [""] : expressions).map(draftOf);
}
