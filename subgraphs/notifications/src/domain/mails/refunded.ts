import type { Letter } from './letter.ts';
import type { LocalFormat } from './local-format.ts';
import type { RefundFacts, Shop } from './mail.ts';
import { orderLink, orderReason } from './order-links.ts';
import { statementOf } from './statement.ts';

export function refunded({ order, refunded: amount }: RefundFacts, shop: Shop, format: LocalFormat): Letter {
  const money = format.money(amount);
  return {
    subject: `Refund of ${money} for order ${order.number}`,
    preview: `${money} is on its way back to you.`,
    headline: `We refunded ${money}`,
    tone: 'CALM',
    paragraphs: [
      `We refunded ${money} for order ${order.number}, by the way you paid. Some banks take a few days to show it on a statement.`,
    ],
    progress: [],
    details: [
      { label: 'Refunded', value: money },
      { label: 'Order total', value: format.money(order.total) },
    ],
    advice: null,
    link: orderLink('View your order', order, shop),
    statement: statementOf(order, format),
    reason: orderReason(shop),
  };
}
