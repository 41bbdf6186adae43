import type { Handler } from '@tally/messaging';
import type { createReserveStock } from '../use-cases/reserve-stock.ts';

export const onReserveStock =
  (reserveStock: ReturnType<typeof createReserveStock>): Handler<'ReserveStock'> =>
  ({ id, data: { order, commandId, lines } }) =>
    reserveStock({ eventId: id, orderId: order.id, commandId, lines });
