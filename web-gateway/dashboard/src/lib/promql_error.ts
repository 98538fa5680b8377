// Where in an expression the service found a mistake.

export interface PromqlMistake {
  /** What is wrong, without the place. */
  readonly message: string;
  /** Index into the expression, in characters; `undefined` if the service named no place. */
  readonly offset: number | undefined;
}

/** The line of a mistake, cut to what is near it. */
export interface MistakeExcerpt {
  readonly before: string;
  /** What is wrong: a word, or a character; empty if something is missing at the end. */
  readonly at: string;
  readonly after: string;
}

const nearCharacters = 40;
const withPlace = /^(\d+):(\d+): (?:parse error: )?(.*)$/s;

/** Reads a sentence such as `1:5: parse error: unexpected end of input`: line, and byte of the line, from 1. */
export function promqlMistake(sentence: string, expression: string): PromqlMistake {
  const match = withPlace.exec(sentence);
  if (match === null) return { message: sentence, offset: undefined };
  const [, line = "1", column = "1", message = ""] = match;
  const lines = expression.split("\n");
  const before = lines.slice(0, Number(line) - 1).reduce((length, { length: own }) => length + own + 1, 0);
  const bytes = new TextEncoder().encode(lines[Number(line) - 1] ?? "").subarray(0, Math.max(0, Number(column) - 1));
  return { message, offset: Math.min(expression.length, before + new TextDecoder().decode(bytes).length) };
}

/** What stands at the place of a mistake, and beside it. */
export function mistakeExcerpt(expression: string, offset: number): MistakeExcerpt {
  const begin = expression.lastIndexOf("\n", offset - 1) + 1;
  const end = expression.indexOf("\n", offset);
  const before = expression.slice(begin, offset);
  const rest = expression.slice(offset, end < 0 ? undefined : end);
  const at = /^(?:[\w:]+|.)?/su.exec(rest)?.[0] ?? "";
  const after = rest.slice(at.length);
  const cut = before.length > nearCharacters;
  const isLong = after.length > nearCharacters;
  return {
    before: cut ? `…${before.slice(-nearCharacters)}` : before,
    at,
    after: isLong ? `${after.slice(0, nearCharacters)}…` : after,
  };
}
