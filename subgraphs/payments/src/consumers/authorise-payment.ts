import type { Handler } from '@tally/messaging';
import type { createAuthorisePayment } from '../use-cases/authorise-payment.ts';

export const onAuthorisePayment =
  (authorisePayment: ReturnType<typeof createAuthorisePayment>): Handler<'AuthorisePayment'> =>
  ({ id, data: { commandId, order, buyer, amount, paymentMethodId, deadlineAt } }) =>
    authorisePayment({
      eventId: id,
      commandId,
      orderId: order.id,
      buyerId: buyer.id,
      amount,
      paymentMethodId,
      deadlineAt: new Date(deadlineAt),
    });
