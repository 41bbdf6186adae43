import type { CrashPoint } from '@tally/kernel';
import { toTable } from '../bench/report/table.ts';
import { belowFloors } from '../harness/floors.ts';
import { recoveryBoundMs } from './quiet.ts';
import type { RunResult } from './run.ts';

/** Of kills, with an order under way. */
const underWayShare = 0.5;
const ordersPerKill = 5;
const soldPerKill = 1;

/** Everything for which a set-up fails, in words; empty when it passes. */
export function faultsOf(result: RunResult, points: readonly CrashPoint[]): readonly string[] {
  const { kills, silent, orders, sold, findings, quietMs, faults, setUp } = result;
  const unrecovered = kills.filter(({ recoveredMs, readyMs }) => recoveredMs === null || readyMs === null || recoveredMs > recoveryBoundMs);
  const fired = new Set(kills.map(({ why }) => why));
  const all = [
    ...points.filter((point) => !fired.has(point) && !silent.includes(point)).map((point) => `${point} was never tried`),
    ...silent.map((point) => `${point} never fired`),
    ...unrecovered.map(
      ({ why, name, recoveredMs }) =>
        `${why} of ${name}: ${recoveredMs === null ? 'not recovered from' : `recovered from after ${inSeconds(recoveredMs)} s`}, ${inSeconds(recoveryBoundMs)} s are the most`,
    ),
    ...findings.filter(({ violations }) => violations.length > 0).map(({ id }) => `${id} is violated`),
    ...findings.filter(({ checked }) => checked === 0).map(({ id }) => `${id} looked at nothing`),
    ...(quietMs === null ? ['I5: not quiet within a minute'] : []),
    ...faults,
    ...belowFloors([
      ['kills with an order under way', kills.filter(({ underWay }) => underWay > 0).length, Math.ceil(kills.length * underWayShare)],
      ['accepted orders', orders, kills.length * ordersPerKill],
      ['orders sold', sold, kills.length * soldPerKill],
    ]),
  ];
  return all.map((fault) => `${setUp}: ${fault}`);
}

/** What all set-ups came to, for a terminal. Seconds. */
export function tableOf(results: readonly RunResult[]): string {
  return toTable(
    [
      'set-up',
      'kills',
      'under way',
      'points',
      'ready median',
      'slowest',
      'recovered median',
      'slowest',
      'at',
      'quiet',
      'orders',
      'sold',
      'fenced',
      'took',
    ],
    results.map(({ setUp, kills, silent, orders, sold, lostLease, quietMs, tookMs }) => {
      const ready = kills.flatMap(({ readyMs, diedAgain }) => (diedAgain === 0 ? (readyMs ?? []) : [])).toSorted(byNumber);
      const recovered = kills.flatMap(({ recoveredMs }) => recoveredMs ?? []).toSorted(byNumber);
      const slowest = kills.find(({ recoveredMs }) => recoveredMs === recovered.at(-1));
      const points = kills.filter(({ why }) => why.includes('.')).length;
      return [
        setUp,
        String(kills.length),
        String(kills.filter(({ underWay }) => underWay > 0).length),
        `${String(points)}/${String(points + silent.length)}`,
        ...[median(ready), ready.at(-1), median(recovered), recovered.at(-1)].map((value) =>
          value === undefined ? null : inSeconds(value),
        ),
        slowest?.why ?? null,
        quietMs === null ? 'never' : inSeconds(quietMs),
        String(orders),
        String(sold),
        lostLease === null ? null : String(lostLease.refused),
        inSeconds(tookMs),
      ];
    }),
  );
}

const byNumber = (left: number, right: number): number => left - right;
const median = (sorted: readonly number[]): number | undefined => sorted[Math.floor(sorted.length / 2)];
const inSeconds = (milliseconds: number): string => (milliseconds / 1_000).toFixed(1);
