import type { Id, Money } from '@tally/kernel';
import { tell, UnknownOrderError, type TellDeps } from './tell.ts';

export interface Refund {
  readonly eventId: Id<'evt'>;
  readonly orderId: Id<'ord'>;
  readonly amount: Money;
}

/** Tells a buyer that money is on its way back. @throws {UnknownOrderError} orders has not told who the buyer is; it will, if it was not too long ago. */
export function createTellRefund(deps: TellDeps) {
  return async function tellRefund({ eventId, orderId, amount }: Refund): Promise<void> {
    await tell(deps, eventId, async ({ orders }) => {
      const order = await orders.of(orderId);
      if (order === null) throw new UnknownOrderError(orderId);
      return { userId: order.buyerId, orderId, facts: { template: 'REFUNDED', order, refunded: amount } };
    });
  };
}
