/**
 * How long payments waits, in milliseconds. As in production, but for what would go on for hours: the last pauses are shorter, so that an end comes
 * within minutes of the world's time.
 */
export const patience = {
  retryMs: [250, 1_000, 2_000, 5_000],
  enquiryMs: [2_000, 5_000, 10_000],
  buyerMs: 3_000,
  settleMs: 10_000,
} as const;

/** From connecting to the last byte of an answer of the provider. */
export const requestTimeoutMs = 5_000;

/** Of the steps of a saga. The last one is not to be reached: past it a person has to look. */
export const deadlines = { reserveMs: 60_000, authoriseMs: 75_000, completeMs: 86_400_000 } as const;
