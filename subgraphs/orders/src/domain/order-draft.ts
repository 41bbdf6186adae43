import { newId, newShardedId, shardOfBuyer, type Id, type Money } from '@tally/kernel';
import type { PostalAddress } from './address.ts';
import type { OrderLine } from './order.ts';
import type { Quote, Totals } from './pricing.ts';

/** A line with what it was priced by. */
export interface DraftLine extends OrderLine {
  readonly productId: Id<'prod'>;
  readonly taxClass: string;
  readonly taxRateBp: number;
  readonly tax: Money;
}

/** An order that has been accepted and is not stored yet. */
export interface OrderDraft extends Totals {
  readonly id: Id<'ord'>;
  readonly sagaId: Id<'saga'>;
  readonly buyerId: Id<'usr'>;
  readonly lines: readonly DraftLine[];
  readonly shippingAddress: PostalAddress;
  readonly paymentMethodId: Id<'pm'> | null;
  readonly cartId: Id<'cart'> | null;
  readonly clientKey: string;
  readonly fingerprint: string;
}

/** Freezes prices, titles and address as they are now. The order's id carries its buyer's shard. */
export function draftOrder(
  priced: Quote,
  order: Pick<OrderDraft, 'buyerId' | 'shippingAddress' | 'paymentMethodId' | 'cartId' | 'clientKey' | 'fingerprint'>,
): OrderDraft {
  const id = newShardedId('ord', shardOfBuyer(order.buyerId));
  const { lines, subtotal, shipping, tax, discount, total } = priced;
  const frozen = lines.map(({ price, quantity, lineTotal, taxRateBp, tax: contained }): DraftLine => {
    const { variantId, productId, sellerId, sku, title, unitPrice, taxClass } = price;
    return {
      id: newId('line'),
      orderId: id,
      variantId,
      productId,
      sellerId,
      sku,
      title,
      quantity,
      unitPrice,
      lineTotal,
      taxClass,
      taxRateBp,
      tax: contained,
    };
  });
  return { ...order, id, sagaId: newId('saga'), lines: frozen, subtotal, shipping, tax, discount, total };
}
