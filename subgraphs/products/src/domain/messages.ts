import { lockedSequence, outgoing, type OutgoingEvent } from '@tally/events';
import type { Id } from '@tally/kernel';
import type { ProductWithVariants } from './product.ts';
import type { ReserveReply } from './stock-claim.ts';
import { stockStatus, type StockLevel } from './stock.ts';

interface Answered {
  readonly orderId: Id<'ord'>;
  readonly commandId: Id<'cmd'>;
  readonly sequence: number;
}

/** The answer to ReserveStock. */
export function reserveAnswered({ orderId, commandId, sequence }: Answered, reply: ReserveReply): OutgoingEvent {
  const envelope = { key: orderId, sequence: lockedSequence(sequence) };
  const order = { commandId, order: { id: orderId } };
  if (reply.type === 'StockReserved') return outgoing('products.stock.v1', 'StockReserved', { ...envelope, data: order });
  const short = reply.short.map(({ variantId, requested, available }) => ({ variant: { id: variantId }, requested, available }));
  return outgoing('products.stock.v1', 'StockRejected', { ...envelope, data: { ...order, reason: reply.reason, short } });
}

/** The answer to CommitStock or ReleaseStock. */
export function settled(type: 'StockCommitted' | 'StockReleased', { orderId, commandId, sequence }: Answered): OutgoingEvent {
  return outgoing('products.stock.v1', type, { key: orderId, sequence: lockedSequence(sequence), data: { commandId, order: { id: orderId } } });
}

/** What a variant's stock is now. */
export function stockLevelChanged({ variantId, available, version }: StockLevel): OutgoingEvent {
  const data = { variant: { id: variantId }, available, status: stockStatus(available) };
  return outgoing('products.level.v1', 'StockLevelChanged', { key: variantId, sequence: lockedSequence(version), data });
}

/** The whole sellable state of a product, or that it is no longer sold. */
export function catalogueChanged(product: ProductWithVariants): OutgoingEvent {
  const envelope = { key: product.id, sequence: lockedSequence(product.version) };
  if (product.status === 'ARCHIVED') {
    const data = { product: { id: product.id }, variantIds: product.variants.map(({ id }) => id) };
    return outgoing('products.catalogue.v1', 'ProductArchived', { ...envelope, data });
  }
  const data = {
    product: { id: product.id },
    slug: product.slug,
    title: product.title,
    category: { id: product.categoryId },
    seller: { id: product.sellerId },
    variants: product.variants.map(({ id, sku, title, price, taxClass, weightGrams }) => {
      return { id, sku, title, price, taxClass, weightGrams: weightGrams ?? 0, sellable: product.status === 'ACTIVE' };
    }),
  };
  return outgoing('products.catalogue.v1', 'ProductChanged', { ...envelope, data });
}
