import type { Figures } from '../report/ceilings.ts';
import { toTable } from '../report/table.ts';
import type { ReadResult } from './round.ts';

const searchWithinMs = 50;

const cpuOf = ({ cpuMs }: Pick<ReadResult, 'cpuMs'>): number => cpuMs.process + cpuMs.postgres;
const ratioOf = (result: ReadResult): number => cpuOf(result) / cpuOf(result.control);

export function readsTable(results: readonly ReadResult[]): string {
  const headings = [
    '',
    'alone p50 ms',
    'p95',
    'p99',
    '16 at once p50 ms',
    'p95',
    'p99',
    'per second',
    'CPU-ms process',
    'PostgreSQL',
    'statements',
    'CPU × control',
  ];
  const rows = results.flatMap((result) => {
    const { title, alone, atOnce, perSecond, cpuMs, statementsPerRequest, control } = result;
    return [
      [
        title,
        alone.p50,
        alone.p95,
        alone.p99,
        atOnce.p50,
        atOnce.p95,
        atOnce.p99,
        perSecond,
        cpuMs.process,
        cpuMs.postgres,
        statementsPerRequest,
        ratioOf(result),
      ],
      [
        '  same statements, plain',
        ...[null, null, null, control.latencies.p50, control.latencies.p95, control.latencies.p99],
        ...[control.perSecond, control.cpuMs.process, control.cpuMs.postgres, control.statements, 1],
      ],
    ];
  });
  return toTable(headings, rows);
}

/** What may not rise. */
export function readFigures(results: readonly ReadResult[]): Figures {
  return Object.fromEntries(
    results.flatMap((result) => [
      [`statements per request: ${result.title}`, result.statementsPerRequest] as const,
      [`CPU to control: ${result.title}`, ratioOf(result)] as const,
    ]),
  );
}

/** The promise about search, when it does not hold. */
export function slowSearches(results: readonly ReadResult[]): readonly string[] {
  const slow = results.filter(({ title, alone }) => title === 'search' && alone.p95 >= searchWithinMs);
  return slow.map(({ alone }) => `search: p95 alone is ${alone.p95.toFixed(0)} ms, not below ${String(searchWithinMs)}`);
}
