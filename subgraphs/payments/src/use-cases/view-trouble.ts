import { refuse, ok, type Outcome } from '@tally/kernel';
import type { TroubledPayment, TroubleReads } from '../ports/trouble-reads.ts';
import { maySeeTrouble, type Operator } from './operator.ts';

/** One page of the payments that are not certain. */
export interface TroublePage {
  readonly payments: readonly TroubledPayment[];
  readonly hasNext: boolean;
  /** Of all; stops at 10,001. */
  readonly total: number;
}

/** Payments that are in doubt or that a person has to look at, longest first. */
export function createViewTrouble(reads: TroubleReads) {
  return async function viewTrouble(
    by: Operator,
    after: Pick<TroubledPayment, 'since' | 'paymentId'> | null,
    first: number,
  ): Promise<Outcome<TroublePage, 'FORBIDDEN'>> {
    if (!maySeeTrouble(by)) return refuse('FORBIDDEN');
    const [found, total] = await Promise.all([reads.page(after, first + 1), reads.count()]);
    return ok({ payments: found.slice(0, first), hasNext: found.length > first, total });
  };
}
