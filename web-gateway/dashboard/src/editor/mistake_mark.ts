// The place where the service found a mistake. Beside what the editor finds by itself, which comes and goes as one types.
import { type EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";
import type { PromqlMistake } from "../lib/promql_error.ts";

/** Marks a mistake, or takes the mark away. */
export const markMistake = StateEffect.define<PromqlMistake | undefined>();

/** Holds the mark until the text changes. */
export const mistakeMark = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (before, { docChanged, effects, state }) => {
    const marked = effects.find((effect) => effect.is(markMistake));
    if (marked !== undefined) return markAt(state, marked.value);
    return docChanged ? Decoration.none : before;
  },
  provide: (field) => [
    EditorView.decorations.from(field),
    EditorView.contentAttributes.from(
      field,
      (marks): Record<string, string> => (marks.size > 0 ? { "aria-invalid": "true" } : {}),
    ),
  ],
});

/** A mistake at the end, where there is nothing to mark, is marked at the last character. */
function markAt(state: EditorState, mistake: PromqlMistake | undefined): DecorationSet {
  const { length } = state.doc;
  if (mistake?.offset === undefined || length === 0) return Decoration.none;
  const from = Math.max(0, Math.min(mistake.offset, length - 1));
  const word = state.wordAt(from);
  const to = Math.min(length, word !== null && word.to > from ? word.to : from + 1);
  return Decoration.set([
    Decoration.mark({ class: "cm-mistake", attributes: { title: mistake.message } }).range(from, to),
  ]);
}
