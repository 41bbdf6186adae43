import { belowFloors, type Floor } from '../harness/floors.ts';
import type { PhaseFigures } from './figures.ts';
import type { StreamTally } from './subscribers.ts';
import type { Absence } from './timeline.ts';

/** What a run must have seen to say anything. */
export interface Seen {
  readonly figures: readonly PhaseFigures[];
  readonly rate: number;
  readonly tally: StreamTally;
  readonly absences: readonly Absence[];
  readonly processes: number;
  readonly priceChanges: number;
  readonly pricesRead: number;
  readonly hotRows: number;
  readonly readinessAsked: number;
  readonly streamsTold: number;
}

const acceptedShare = 0.8;
const restartsAcceptedShare = 0.5;

/** What falls short of the floors, in words: an empty run proves nothing. */
export function missingOf(seen: Seen): readonly string[] {
  const { figures, rate, tally, absences, processes, priceChanges, pricesRead, hotRows, readinessAsked, streamsTold } = seen;
  const orders = figures.reduce((sum, { accepted }) => sum + accepted, 0);
  const floors: readonly Floor[] = [
    ...figures.map(({ name, accepted, lastedMs }): Floor => {
      const share = name === 'restarts' ? restartsAcceptedShare : acceptedShare;
      return [`orders accepted in the phase ${name}`, accepted, Math.floor((share * rate * lastedMs) / 1_000)];
    }),
    ['events received', tally.events, orders * 3],
    ['orders found again by their key', figures.reduce((sum, { replayed }) => sum + replayed, 0), 5],
    ['stream reconnects', figures.reduce((sum, { reconnects }) => sum + reconnects, 0), 20],
    ['streams ended with 1001', streamsTold, 20],
    ['processes restarted', absences.length, processes],
    ['price changes', priceChanges, 20],
    ['prices read', pricesRead, 400],
    ['rows from hot reads', hotRows, 400],
    ['readiness answers', readinessAsked, 200],
  ];
  return belowFloors(floors);
}
