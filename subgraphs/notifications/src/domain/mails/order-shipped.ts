import type { Letter } from './letter.ts';
import type { LocalFormat } from './local-format.ts';
import type { OrderFacts, Shop } from './mail.ts';
import { orderLink, orderReason } from './order-links.ts';
import { partlyShipped, progressTo } from './progress.ts';
import { statementOf } from './statement.ts';

export function orderShipped({ order, note, partial = false }: OrderFacts, shop: Shop, format: LocalFormat): Letter {
  const whole = {
    subject: `Order ${order.number} is on its way`,
    preview: 'Everything you ordered has left us.',
    headline: 'Your order is on its way',
    paragraphs: [`Everything in order ${order.number} has left us and is on its way to you.`],
    progress: progressTo('Shipped'),
    statement: statementOf(order, format),
  };
  const part = {
    subject: `Part of order ${order.number} is on its way`,
    preview: 'The rest follows in a parcel of its own.',
    headline: 'Part of your order is on its way',
    paragraphs: [
      `The first part of order ${order.number} has left us. The rest follows in a parcel of its own, and we write again when it leaves.`,
      'Your order page shows what is in which parcel. Below is the whole order.',
    ],
    progress: partlyShipped,
    statement: statementOf(order, format, `The whole of order ${order.number}`),
  };
  return {
    ...(partial ? part : whole),
    tone: 'CALM',
    details: note === null ? [] : [{ label: 'Note', value: note }],
    advice: null,
    link: orderLink('Follow your order', order, shop),
    reason: orderReason(shop),
  };
}
