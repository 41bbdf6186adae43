import type { Letter } from './letter.ts';
import type { LocalFormat } from './local-format.ts';
import type { OrderFacts, Shop } from './mail.ts';
import { orderLink, orderReason } from './order-links.ts';
import { progressTo } from './progress.ts';
import { statementOf } from './statement.ts';

export const orderDelivered = ({ order, note }: OrderFacts, shop: Shop, format: LocalFormat): Letter => ({
  subject: `Order ${order.number} was delivered`,
  preview: 'It has arrived. We hope you like it.',
  headline: 'Your order has arrived',
  tone: 'CALM',
  paragraphs: [
    `Order ${order.number} was delivered. We hope you like it.`,
    `Is something missing or damaged? Tell us, and name order ${order.number}, so that we find it at once.`,
  ],
  progress: progressTo('Delivered'),
  details: note === null ? [] : [{ label: 'Note', value: note }],
  advice: null,
  link: orderLink('View your order', order, shop),
  statement: statementOf(order, format),
  reason: orderReason(shop),
});
