// The shell around one CodeMirror that edits PromQL: completion, mistakes at their place, Enter runs.
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, insertNewlineAndIndent } from "@codemirror/commands";
import { bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { lintKeymap } from "@codemirror/lint";
import { EditorState, type Extension, Prec } from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";
import { PromQLExtension } from "@prometheus-io/codemirror-promql";
import type { CompletionSource } from "../lib/completion.ts";
import type { PromqlMistake } from "../lib/promql_error.ts";
import { markMistake, mistakeMark } from "./mistake_mark.ts";
import { promqlClient } from "./promql_completion.ts";
import { promqlHighlight, promqlTheme } from "./promql_theme.ts";

export interface EditorOptions {
  readonly text: string;
  /** What the editor is for, for those who cannot see it. */
  readonly label: string;
  readonly hint: string;
  readonly source: CompletionSource;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
}

/** Lives in `root` until it is destroyed. */
export class PromqlEditor {
  readonly #view: EditorView;

  /**
   * The editor has a shadow tree: there, and only there, CodeMirror makes its styles in a way that a page without
   * inline styles allows.
   */
  constructor(root: HTMLElement, options: EditorOptions) {
    const shadow = root.shadowRoot ?? root.attachShadow({ mode: "open" });
    const state = EditorState.create({ doc: options.text, extensions: extensionsOf(options) });
    this.#view = new EditorView({ state, parent: shadow, root: shadow });
  }

  /** Marks the place of a mistake, until the text changes; none if `undefined`. */
  setMistake(mistake: PromqlMistake | undefined): void {
    this.#view.dispatch({ effects: markMistake.of(mistake) });
  }

  focus(): void {
    this.#view.focus();
  }

  destroy(): void {
    this.#view.destroy();
  }
}

function extensionsOf({ label, hint, source, onChange, onRun }: EditorOptions): Extension {
  const run = (): boolean => {
    onRun();
    return true;
  };
  const promql = new PromQLExtension().setComplete({ remote: promqlClient(source) });
  return [
    history(),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ icons: false, activateOnTyping: true }),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", "data-testid": "query-input" }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
    }),
    placeholder(hint),
    syntaxHighlighting(promqlHighlight),
    promqlTheme,
    mistakeMark,
    promql.asExtension(),
    Prec.highest(keymap.of([{ key: "Tab", run: acceptCompletion }])),
    // After the list of completions, which takes Enter while it is open.
    Prec.high(
      keymap.of([
        { key: "Mod-Enter", run },
        { key: "Enter", run },
        { key: "Shift-Enter", run: insertNewlineAndIndent },
      ]),
    ),
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...lintKeymap, ...defaultKeymap]),
  ];
}
