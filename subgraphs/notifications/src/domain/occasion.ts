import type { OrderStatusName } from '@tally/events';
import type { OrderFacts } from './mails/mail.ts';

/** What a change of an order is worth telling its buyer; `null`: nothing. */
export function occasionOf(status: OrderStatusName): Pick<OrderFacts, 'template' | 'partial'> | null {
  switch (status) {
    case 'CONFIRMED':
      return { template: 'ORDER_CONFIRMED' };
    case 'PAYMENT_FAILED':
      return { template: 'PAYMENT_FAILED' };
    case 'PARTIALLY_SHIPPED':
      return { template: 'ORDER_SHIPPED', partial: true };
    case 'SHIPPED':
      return { template: 'ORDER_SHIPPED', partial: false };
    case 'DELIVERED':
      return { template: 'ORDER_DELIVERED' };
    default:
      return null;
  }
}
