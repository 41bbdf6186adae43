import type { Handler } from '@tally/messaging';
import type { UseCases } from '../use-cases/index.ts';

export const onOrderPlaced =
  (keepOrder: UseCases['keepOrder']): Handler<'OrderPlaced'> =>
  ({ id, data: { order, buyer, number, total, lines } }) =>
    keepOrder(id, {
      id: order.id,
      buyerId: buyer.id,
      number,
      total,
      lines: lines.map(({ title, sku, quantity, lineTotal }) => ({ title, sku, quantity, lineTotal })),
    });
