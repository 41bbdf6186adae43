import { quantilesOf } from '../../measure/latencies.ts';

/** The median of each figure by itself. */
export function medians<T extends Readonly<Record<string, number>>>(measured: readonly T[]): T {
  const names = Object.keys(measured[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, quantilesOf(measured.map((one) => one[name] ?? Number.NaN)).p50])) as T;
}
