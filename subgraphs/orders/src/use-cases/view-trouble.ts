import { refuse, ok, type Outcome } from '@tally/kernel';
import { maySeeTrouble, type Actor } from '../domain/actor.ts';
import type { TroubledSaga, TroubleReads } from '../ports/trouble-reads.ts';

/** One page of the orders that wait for a person. */
export interface TroublePage {
  readonly sagas: readonly TroubledSaga[];
  readonly hasNext: boolean;
  /** Of all; stops at 10,001. */
  readonly total: number;
}

/** Orders whose saga waits for a person, longest first. */
export function createViewTrouble(reads: TroubleReads) {
  return async function viewTrouble(
    actor: Actor,
    after: Pick<TroubledSaga, 'since' | 'orderId'> | null,
    first: number,
  ): Promise<Outcome<TroublePage, 'FORBIDDEN'>> {
    if (!maySeeTrouble(actor)) return refuse('FORBIDDEN');
    const [found, total] = await Promise.all([reads.page(after, first + 1), reads.count()]);
    return ok({ sagas: found.slice(0, first), hasNext: found.length > first, total });
  };
}
