// How far two clocks are apart, from what one says when the other asks. Pure.

/** Ranges that end so much too early or too late are what was asked for. */
const toleranceSeconds = 1;

/** One clock's answer, between two moments of the other. */
export interface ClockAnswer {
  readonly askedSeconds: number;
  readonly saidSeconds: number;
  readonly answeredSeconds: number;
}

/**
 * By how much the clock that answers is ahead, negative if it is behind: what was known before, unless that cannot be,
 * and else the best guess. An answer that takes its time says little.
 */
export function clockOffset(knownSeconds: number, answer: ClockAnswer): number {
  const least = answer.saidSeconds - answer.answeredSeconds;
  const most = answer.saidSeconds - answer.askedSeconds;
  const mayBe = knownSeconds >= least - toleranceSeconds && knownSeconds <= most + toleranceSeconds;
  return mayBe ? knownSeconds : (least + most) / 2;
}
