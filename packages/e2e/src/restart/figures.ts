import { quantilesOf } from '../bench/measure/latencies.ts';
import { toTable, type Cell } from '../bench/report/table.ts';
import { acceptedAt } from '../harness/good-client.ts';
import type { StreamTally } from './subscribers.ts';
import type { Phase, PhaseName, PhasedPurchase } from './timeline.ts';

/** What one phase came to. Durations in milliseconds. */
export interface PhaseFigures {
  readonly name: PhaseName;
  readonly lastedMs: number;
  readonly asked: number;
  readonly accepted: number;
  readonly refused: number;
  /** Purchases that lost an answer, or were told "not now", and have their order all the same. */
  readonly lostThenFound: number;
  /** Of these, orders that had been placed by the request whose answer was lost. */
  readonly replayed: number;
  readonly p50: number;
  readonly p95: number;
  /** The longest time in which no client was told of an order. */
  readonly longestGapMs: number;
  /** Streams that were opened again after they had been ended by the other side. */
  readonly reconnects: number;
  /** Streams that were not taken: the events were away, or the gateway. */
  readonly notTaken: number;
}

export function figuresOf(phase: Phase, purchases: readonly PhasedPurchase[], { ends }: StreamTally): PhaseFigures {
  const own = purchases.filter(({ phase: name }) => name === phase.name);
  const accepted = own.filter(({ orderId }) => orderId !== null);
  const found = accepted.filter(({ requests }) => requests.length > 1);
  const latencies = accepted.map((purchase) => (acceptedAt(purchase) ?? 0) - (purchase.requests[0]?.sentAt ?? 0));
  const told = purchases.flatMap((purchase) => acceptedAt(purchase) ?? []).filter((at) => at >= phase.from && at <= phase.until);
  const moments = [phase.from, ...told.toSorted((left, right) => left - right), phase.until];
  const meanwhile = ends.filter(({ at }) => at >= phase.from && at <= phase.until);
  // Nobody who refuses a connection says so in words.
  const notTaken = meanwhile.filter(({ end, events }) => end.reason === 'failed' || (end.reason === 'cut' && events === 0)).length;
  const { p50, p95 } = quantilesOf(latencies);
  return {
    name: phase.name,
    lastedMs: phase.until - phase.from,
    asked: own.length,
    accepted: accepted.length,
    refused: own.filter(({ state, orderId }) => state === 'ok' && orderId === null).length,
    lostThenFound: found.length,
    replayed: found.filter(({ requests }) => requests.some(({ attempt }) => attempt.outcome === 'accepted' && attempt.replayed)).length,
    p50,
    p95,
    longestGapMs: Math.max(0, ...moments.slice(1).map((moment, index) => moment - (moments[index] ?? moment))),
    reconnects: meanwhile.length - notTaken,
    notTaken,
  };
}

/** The figures as a table; recovery by phase, in milliseconds. */
export function figuresTable(figures: readonly PhaseFigures[], recoveries: ReadonlyMap<PhaseName, number | null>): string {
  return toTable(
    [
      'phase',
      'lasted s',
      'asked',
      'accepted',
      'refused',
      'lost, found',
      'replayed',
      'p50 ms',
      'p95 ms',
      'longest gap s',
      'recovery s',
      'reconnects',
      'not taken',
    ],
    figures.map((row): readonly Cell[] => [
      row.name,
      row.lastedMs / 1_000,
      String(row.asked),
      String(row.accepted),
      String(row.refused),
      String(row.lostThenFound),
      String(row.replayed),
      row.p50,
      row.p95,
      row.longestGapMs / 1_000,
      recoveries.has(row.name) ? ((recoveries.get(row.name) ?? null) === null ? null : (recoveries.get(row.name) ?? 0) / 1_000) : null,
      String(row.reconnects),
      String(row.notTaken),
    ]),
  );
}
