import type { Figures } from '../report/ceilings.ts';
import { toTable, type Cell } from '../report/table.ts';
import type { CacheName } from './caches.ts';
import type { PriceResult } from './prices.ts';
import type { ReadResult } from './round.ts';

/** What one platform came to. */
export interface MeasuredRow {
  readonly cache: CacheName;
  readonly results: readonly ReadResult[];
  readonly prices: PriceResult;
}

const searchWithinMs = 50;

const cpuOf = ({ cpuMs: { process, postgres, redis } }: ReadResult): number => process + postgres + redis;
const ratioOf = (result: ReadResult): number => cpuOf(result) / (result.control.cpuMs.process + result.control.cpuMs.postgres);
const nameOf = ({ title, cache }: ReadResult): string => `${title}, ${cache}`;
const percent = (share: number | null): Cell => (share === null ? null : `${(share * 100).toFixed(1)} %`);

/** The rows of each kind stand together. */
export function readsTable(rows: readonly MeasuredRow[]): string {
  const headings = [
    ...['', 'alone p50 ms', 'p95', 'p99', '16 at once p50 ms', 'p95', 'p99', 'per second'],
    ...['CPU-ms process', 'PostgreSQL', 'Redis', 'statements', 'hits', 'CPU × control', '× cache off'],
  ];
  const byKind = Map.groupBy(
    rows.flatMap(({ results }) => results),
    ({ title }) => title,
  );
  return toTable(
    headings,
    [...byKind.values()].flatMap((results) => {
      const off = results.find(({ cache }) => cache === 'cache off');
      return results.flatMap((result) => linesOf(result, off === undefined ? null : cpuOf(result) / cpuOf(off)));
    }),
  );
}

function linesOf(result: ReadResult, toOff: number | null): readonly (readonly Cell[])[] {
  const { alone, atOnce, perSecond, cpuMs, statementsPerRequest, hits, control } = result;
  const { latencies } = control;
  const redis = result.cache === 'Redis' ? cpuMs.redis : null;
  return [
    [
      ...[nameOf(result), alone.p50, alone.p95, alone.p99, atOnce.p50, atOnce.p95, atOnce.p99, perSecond],
      ...[cpuMs.process, cpuMs.postgres, redis, statementsPerRequest, percent(hits), ratioOf(result), toOff],
    ],
    [
      ...['  same statements, plain', null, null, null, latencies.p50, latencies.p95, latencies.p99, control.perSecond],
      ...[control.cpuMs.process, control.cpuMs.postgres, null, control.statements, null, 1, null],
    ],
  ];
}

/** How often a price was changed, and who was held to it. */
export function pricesTable(rows: readonly MeasuredRow[]): string {
  return toTable(
    ['prices changed under load', 'changes', 'checked by the writer', 'by others', 'once quiet', 'stale', 'hits'],
    rows.map(({ cache, prices: { changes, checks, hits } }) => [
      cache,
      ...[changes, checks.writer, checks.others, checks.afterwards, 0].map(String),
      percent(hits),
    ]),
  );
}

/** What may not rise. */
export function readFigures(rows: readonly MeasuredRow[]): Figures {
  return Object.fromEntries(
    rows.flatMap(({ results }) =>
      results.flatMap((result) => [
        [`statements per request: ${nameOf(result)}`, result.statementsPerRequest] as const,
        [`CPU to control: ${nameOf(result)}`, ratioOf(result)] as const,
      ]),
    ),
  );
}

/** The promise about search, where it does not hold. */
export function slowSearches(rows: readonly MeasuredRow[]): readonly string[] {
  const slow = rows.flatMap(({ results }) => results.filter(({ title, alone }) => title === 'search' && alone.p95 >= searchWithinMs));
  return slow.map((result) => `${nameOf(result)}: p95 alone is ${result.alone.p95.toFixed(0)} ms, not below ${String(searchWithinMs)}`);
}
