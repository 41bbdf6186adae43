import { PoisonEventError, type Handler } from '@tally/messaging';
import type { UseCases } from '../use-cases/index.ts';
import { UnknownOrderError } from '../use-cases/tell.ts';

/** OrderPlaced comes first under the same key: an order that is not known now never will be. */
export const onOrderStatusChanged =
  (tellOrderChange: UseCases['tellOrderChange']): Handler<'OrderStatusChanged'> =>
  async ({ id, data: { order, buyer, status, note } }) => {
    try {
      await tellOrderChange({ eventId: id, orderId: order.id, buyerId: buyer.id, status, note });
    } catch (error) {
      if (error instanceof UnknownOrderError) throw new PoisonEventError(error.message, { cause: error });
      throw error;
    }
  };
