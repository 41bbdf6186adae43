import type { Id } from '@tally/kernel';
import type { Transact } from '../ports/unit-of-work.ts';

export interface FollowStock {
  readonly variantId: Id<'var'>;
  readonly available: number;
}

/**
 * Hides what has just sold out from searches for things in stock. The way back, from nothing to something, is written where it happens; so a level
 * above zero needs no statement here. Reads the present stock, so an old or repeated event does no harm and needs no inbox.
 */
export function createFollowStock({ transact }: { readonly transact: Transact }) {
  return async function followStock({ variantId, available }: FollowStock): Promise<void> {
    if (available > 0) return;
    await transact(({ stock }) => stock.followStock(variantId));
  };
}
