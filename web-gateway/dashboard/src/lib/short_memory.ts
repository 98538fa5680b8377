// Remembers answers for a while, so that each key pressed is not a call.

interface Remembered<Value> {
  readonly value: Promise<Value>;
  readonly untilMs: number;
}

/** Calls `ask` for what is not known, or is older than `keepMs`. What failed is `otherwise`, and is asked again. */
export function remembering<Value>(
  ask: (...key: readonly string[]) => Promise<Value>,
  otherwise: Value,
  keepMs: number,
  nowMs: () => number = Date.now,
): (...key: readonly string[]) => Promise<Value> {
  const memory = new Map<string, Remembered<Value>>();
  return (...key) => {
    const name = JSON.stringify(key);
    const known = memory.get(name);
    if (known !== undefined && known.untilMs > nowMs()) return known.value;
    const value = ask(...key).catch(() => {
      memory.delete(name);
      return otherwise;
    });
    memory.set(name, { value, untilMs: nowMs() + keepMs });
    return value;
  };
}
