// Where in an expression the service found a mistake.

export interface PromqlMistake {
  /** What is wrong, without the place. */
  readonly message: string;
  /** Index into the expression, in characters; `undefined` if the service named no place. */
  readonly offset: number | undefined;
}

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
