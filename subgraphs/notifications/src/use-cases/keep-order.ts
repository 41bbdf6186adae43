import type { Id } from '@tally/kernel';
import type { KnownOrder } from '../domain/replicas.ts';
import type { Transact } from '../ports/unit.ts';

/** Remembers an order as it was placed, for the mails about it. */
export function createKeepOrder({ transact }: { readonly transact: Transact }) {
  return async function keepOrder(eventId: Id<'evt'>, order: KnownOrder): Promise<void> {
    await transact(async ({ inbox, orders }) => {
      if (await inbox.firstSight(eventId)) await orders.add(order);
    });
  };
}
