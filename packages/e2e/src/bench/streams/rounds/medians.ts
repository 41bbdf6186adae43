import { quantilesOf } from '../../measure/latencies.ts';

/** The median of each figure by itself. */
export function medians<T extends { readonly [Figure in keyof T]: number }>(measured: readonly T[]): T {
  const names = Object.keys(measured[0] ?? {}) as (keyof T)[];
  return Object.fromEntries(names.map((name) => [name, quantilesOf(measured.map((one) => one[name])).p50])) as T;
}
