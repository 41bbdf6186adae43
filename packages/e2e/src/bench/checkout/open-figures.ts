import type { ControlResult } from '../control/run-control.ts';
import type { Figures } from '../report/ceilings.ts';
import { toTable } from '../report/table.ts';
import { highestHeld } from './highest-rate.ts';
import { promised, type OpenRound } from './open-round.ts';

/** What the search for the highest rate came to. */
export interface OpenRun {
  readonly rounds: readonly OpenRound[];
  /** The same rows as plain SQL, as fast as they go. */
  readonly limit: ControlResult;
}

export function openTable({ rounds, limit }: OpenRun): string {
  const headings = [
    'orders due/s',
    'orders',
    'ACCEPTED p50 ms',
    'p95',
    'p99',
    'SETTLED p50 ms',
    'p95',
    'p99',
    'CPU-ms process',
    'PostgreSQL',
    'statements',
    '',
  ];
  const rows = rounds
    .toSorted((left, right) => left.perSecond - right.perSecond)
    .map(({ perSecond, orders, accepted, settled, cpuMs, statements, held }) => [
      perSecond,
      String(orders),
      ...[accepted.p50, accepted.p95, accepted.p99, settled.p50, settled.p95, settled.p99],
      ...[cpuMs.process, cpuMs.postgres, statements],
      held ? 'holds' : 'does not hold',
    ]);
  const best = highestHeld(rounds);
  const said =
    best === null
      ? `no rate that was tried holds ACCEPTED p95 < ${String(promised.acceptedMs)} ms and SETTLED p95 < ${String(promised.settledMs)} ms`
      : `highest rate that holds: ${best.perSecond.toFixed(1)} orders/s, ${((best.perSecond / limit.perSecond) * 100).toFixed(0)} % of the ` +
        `${limit.perSecond.toFixed(1)} units/s that plain SQL writes of the same rows`;
  return `${toTable(headings, rows)}\n\n${said}`;
}

/** What may not rise: how many times faster plain SQL is than the highest rate that holds. */
export function openFigures({ rounds, limit }: OpenRun): Figures {
  const best = highestHeld(rounds);
  return best === null ? {} : { 'plain SQL to the highest rate that holds': limit.perSecond / best.perSecond };
}

export const brokenOpenPromises = ({ rounds }: OpenRun): readonly string[] =>
  highestHeld(rounds) === null ? ['open load: no rate holds what is promised'] : [];
