import type { MessageData } from '@tally/events';
import { newId, type Id } from '@tally/kernel';

type ProductChanged = MessageData<'ProductChanged'>;
type Variant = ProductChanged['variants'][number];

/** A product as its subgraph tells of it. @param prices minor units of EUR by variant. */
export function aProduct(
  prices: Readonly<Record<Id<'var'>, number>>,
  productId: Id<'prod'> = newId('prod'),
  more: Partial<Variant> = {},
): ProductChanged {
  const variants = Object.entries(prices).map(([id, amount]) => ({
    ...{ id: id as Id<'var'>, sku: id, title: '', price: { amount, currency: 'EUR' } },
    ...{ taxClass: 'STANDARD', weightGrams: 300, sellable: true, ...more },
  }));
  return { product: { id: productId }, title: 'Mug', seller: { id: newId('sell') }, variants } as ProductChanged;
}
