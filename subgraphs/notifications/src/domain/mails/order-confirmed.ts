import type { Letter } from './letter.ts';
import type { LocalFormat } from './local-format.ts';
import type { OrderFacts, Shop } from './mail.ts';
import { orderLink, orderReason } from './order-links.ts';
import { progressTo } from './progress.ts';
import { statementOf } from './statement.ts';

export const orderConfirmed = ({ order, note }: OrderFacts, shop: Shop, format: LocalFormat): Letter => ({
  subject: `Order ${order.number} is confirmed`,
  preview: `Thank you. ${format.money(order.total)} is approved, and we are getting your order ready.`,
  headline: 'Your order is confirmed',
  tone: 'CALM',
  paragraphs: [
    `Thank you for your order. The payment of ${format.money(order.total)} is approved, and we are getting everything ready. We write again as soon as it ships.`,
  ],
  progress: progressTo('Confirmed'),
  details: note === null ? [] : [{ label: 'Note', value: note }],
  advice: null,
  link: orderLink('View your order', order, shop),
  statement: statementOf(order, format),
  reason: orderReason(shop),
});
