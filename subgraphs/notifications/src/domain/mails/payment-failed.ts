import type { Letter } from './letter.ts';
import type { LocalFormat } from './local-format.ts';
import type { OrderFacts, Shop } from './mail.ts';
import { orderLink, orderReason } from './order-links.ts';
import { statementOf } from './statement.ts';

export const paymentFailed = ({ order, note }: OrderFacts, shop: Shop, format: LocalFormat): Letter => ({
  subject: `Order ${order.number}: the payment did not go through`,
  preview: `You were not charged ${format.money(order.total)}. Nothing will be sent.`,
  headline: 'The payment did not go through',
  tone: 'ALERT',
  paragraphs: [
    `The payment of ${format.money(order.total)} for order ${order.number} was not completed, so the order has ended. You were not charged, and nothing will be sent.`,
    'The items are no longer held for you. If you still want them, please order again; another way to pay may help.',
  ],
  progress: [],
  details: note === null ? [] : [{ label: 'Reason', value: note }],
  advice: null,
  link: orderLink('View the order', order, shop),
  statement: statementOf(order, format),
  reason: orderReason(shop),
});
