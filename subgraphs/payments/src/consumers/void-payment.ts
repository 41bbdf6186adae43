import type { Handler } from '@tally/messaging';
import type { createVoidPayment } from '../use-cases/void-payment.ts';

export const onVoidPayment =
  (voidPayment: ReturnType<typeof createVoidPayment>): Handler<'VoidPayment'> =>
  ({ id, data: { commandId, order } }) =>
    voidPayment({ eventId: id, commandId, orderId: order.id });
