/** When work is done again, and what silence means. All in milliseconds. */
export interface Patience {
  /** After a call that certainly was not made; the last one goes on for ever. */
  readonly retryMs: readonly number[];
  /** Between the enquiries of one doubt; the last one goes on for ever. */
  readonly enquiryMs: readonly number[];
  /** Between enquiries while the provider waits for the buyer. */
  readonly buyerMs: number;
  /**
   * How long a call may be under way unseen: "not found" counts only after it. At least twice the request's timeout.
   */
  readonly settleMs: number;
}

/**
 * The pause before the next go, up to a fifth longer or shorter so that what failed together does not come back together.
 *
 * @param before how many went before, from 0.
 * @param random 0 (inclusive) to 1 (exclusive).
 */
export function pauseMs(pauses: readonly number[], before: number, random: number): number {
  const pause = pauses[Math.min(before, pauses.length - 1)] ?? 0;
  return Math.round(pause * (0.8 + 0.4 * random));
}
