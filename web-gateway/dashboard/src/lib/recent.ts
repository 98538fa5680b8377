// The expressions that were run before, newest first.

export const greatestRecent = 50;
const greatestLength = 4096;

/** The list with these on top, each once. */
export function withRecent(recent: readonly string[], run: readonly string[]): readonly string[] {
  const texts = [...run.map((text) => text.trim()), ...recent];
  return [...new Set(texts)].filter((text) => text !== "" && text.length <= greatestLength).slice(0, greatestRecent);
}

/** Reads what was stored; nothing of what was not written by us. */
export function parseRecent(stored: string | null): readonly string[] {
  try {
    const list: unknown = JSON.parse(stored ?? "[]");
    return Array.isArray(list)
      ? withRecent(
          [],
          list.filter((text) => typeof text === "string"),
        )
      : [];
  } catch {
    return [];
  }
}
