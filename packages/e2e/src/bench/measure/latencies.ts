/** What a set of latencies comes to, in milliseconds. */
export interface Quantiles {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Exact quantiles by nearest rank: of n values the p-quantile is the ⌈p·n⌉th smallest. Of nothing they are `NaN`. */
export function quantilesOf(latenciesMs: readonly number[]): Quantiles {
  const sorted = latenciesMs.toSorted((left, right) => left - right);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
