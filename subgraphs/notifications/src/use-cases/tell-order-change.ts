import type { OrderStatusName } from '@tally/events';
import type { Id } from '@tally/kernel';
import { occasionOf } from '../domain/occasion.ts';
import { tell, UnknownOrderError, type TellDeps } from './tell.ts';

export interface OrderChange {
  readonly eventId: Id<'evt'>;
  readonly orderId: Id<'ord'>;
  readonly buyerId: Id<'usr'>;
  readonly status: OrderStatusName;
  readonly note: string | null;
}

/** Tells a buyer what became of an order, as far as it is worth a mail. @throws {UnknownOrderError} it was placed before anybody listened. */
export function createTellOrderChange(deps: TellDeps) {
  return async function tellOrderChange({ eventId, orderId, buyerId, status, note }: OrderChange): Promise<void> {
    const occasion = occasionOf(status);
    if (occasion === null) return;
    await tell(deps, eventId, async ({ orders }) => {
      const order = await orders.of(orderId);
      if (order === null) throw new UnknownOrderError(orderId);
      return { userId: buyerId, orderId, facts: { ...occasion, order, note } };
    });
  };
}
