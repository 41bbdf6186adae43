import type { MessageData, MessageType, OutgoingEvent, Sequence, Topic } from '@tally/events';
import { newId, type Id } from '@tally/kernel';
import type { ProductWithVariants } from './product.ts';
import type { ReserveReply } from './stock-claim.ts';
import { stockStatus, type ChangedStock } from './stock.ts';

interface Answered {
  readonly orderId: Id<'ord'>;
  readonly commandId: Id<'cmd'>;
  /** Of the order's claim. */
  readonly sequence: Sequence;
}

/** The answer to ReserveStock. */
export function reserveAnswered({ orderId, commandId, sequence }: Answered, reply: ReserveReply): OutgoingEvent {
  const about = { commandId, order: { id: orderId } };
  if (reply.type === 'StockReserved') return event('products.stock.v1', 'StockReserved', orderId, sequence, about);
  const short = reply.short.map(({ variantId, requested, available }) => ({ variant: { id: variantId }, requested, available }));
  return event('products.stock.v1', 'StockRejected', orderId, sequence, { ...about, reason: reply.reason, short });
}

/** The answer to CommitStock or ReleaseStock. */
export const settled = (type: 'StockCommitted' | 'StockReleased', { orderId, commandId, sequence }: Answered): OutgoingEvent =>
  event('products.stock.v1', type, orderId, sequence, { commandId, order: { id: orderId } });

/** What a variant's stock is now. */
export const stockLevelChanged = ({ variantId, available, version }: ChangedStock): OutgoingEvent =>
  event('products.level.v1', 'StockLevelChanged', variantId, version, {
    variant: { id: variantId },
    available,
    status: stockStatus(available),
  });

/** The whole sellable state of a product, or that it is no longer sold. */
export function catalogueChanged(product: ProductWithVariants, sequence: Sequence): OutgoingEvent {
  const { id, slug, title, status, categoryId, sellerId, variants } = product;
  if (status === 'ARCHIVED') {
    const variantIds = variants.map((variant) => variant.id);
    return event('products.catalogue.v1', 'ProductArchived', id, sequence, { product: { id }, variantIds });
  }
  const sellable = variants.map((variant) => ({
    id: variant.id,
    sku: variant.sku,
    title: variant.title,
    price: { ...variant.price },
    taxClass: variant.taxClass,
    weightGrams: variant.weightGrams ?? 0,
    sellable: status === 'ACTIVE',
  }));
  const facts = { product: { id }, slug, title, category: { id: categoryId }, seller: { id: sellerId } };
  return event('products.catalogue.v1', 'ProductChanged', id, sequence, { ...facts, variants: sellable });
}

const event = <T extends Topic, M extends MessageType<T>>(
  topic: T,
  type: M,
  key: string,
  sequence: Sequence,
  data: MessageData<M>,
): OutgoingEvent => ({
  id: newId('evt'),
  topic,
  type,
  key,
  sequence,
  data,
});
