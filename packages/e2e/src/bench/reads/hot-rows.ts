import { sumOf } from '@tally/distributed';
import type { MeasuredPlatform } from '../platform.ts';

/** Rows that were asked for by id. */
export interface HotRows {
  readonly asked: number;
  /** Of these, without the database. */
  readonly hits: number;
}

const kinds = ['product', 'variant', 'category', 'seller'] as const;
const metric = 'hot_reads_total';

/** What a platform has counted so far. */
export type HotCounts = Readonly<Record<(typeof kinds)[number], HotRows>>;

export async function readHotRows({ metricsUrl }: MeasuredPlatform): Promise<HotCounts> {
  const response = await fetch(metricsUrl);
  const text = await response.text();
  if (!response.ok) throw new Error(`no metrics: ${text.slice(0, 200)}`);
  const countsOf = (kind: string): HotRows => ({
    asked: sumOf(text, metric, { kind }),
    hits: sumOf(text, metric, { kind, result: 'hit' }),
  });
  return { product: countsOf('product'), variant: countsOf('variant'), category: countsOf('category'), seller: countsOf('seller') };
}

export function hotRowsBetween(before: HotCounts, after: HotCounts): HotCounts {
  const between = (kind: keyof HotCounts): HotRows => ({
    asked: after[kind].asked - before[kind].asked,
    hits: after[kind].hits - before[kind].hits,
  });
  return { product: between('product'), variant: between('variant'), category: between('category'), seller: between('seller') };
}

/** Share of the rows that came without the database, 0 to 1; `null` when none was asked for, or nobody counts because none are kept. */
export function hitRatio(counts: HotCounts): number | null {
  const [asked, hits] = [kinds.reduce((sum, kind) => sum + counts[kind].asked, 0), kinds.reduce((sum, kind) => sum + counts[kind].hits, 0)];
  return asked === 0 ? null : hits / asked;
}
