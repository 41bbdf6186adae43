import { decode, lockedSequence, type OutgoingEvent } from '@tally/events';
import { money, newId, newShardedId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { catalogueChanged, reserveAnswered, settled, stockLevelChanged } from './messages.ts';
import type { ProductWithVariants } from './product.ts';
import { houseSellerId } from './seller.ts';

const answered = { orderId: newShardedId('ord', 1), commandId: newId('cmd'), sequence: lockedSequence(3) };
const about = { commandId: answered.commandId, order: { id: answered.orderId } };
const id = newId('prod');
const variantId = newId('var');
const product: ProductWithVariants = {
  id,
  slug: 'thing',
  title: 'Thing',
  description: 'A thing.',
  status: 'ACTIVE',
  version: 4,
  categoryId: newId('cat'),
  sellerId: houseSellerId,
  tags: [],
  attributes: {},
  prices: { min: money(100, 'EUR'), max: money(100, 'EUR') },
  createdAt: new Date(0),
  updatedAt: new Date(0),
  variants: [
    {
      id: variantId,
      productId: id,
      sku: 'S',
      title: 'V',
      price: money(100, 'EUR'),
      compareAt: null,
      options: [],
      weightGrams: null,
      taxClass: 'REDUCED',
      position: 1,
    },
  ],
};
const bodyOf = ({ topic, type, data }: OutgoingEvent) => ({ topic, type, data: decode(topic, type, JSON.stringify(data)) });

test('every reply repeats its command, in the stream of its order', () => {
  const reserved = reserveAnswered(answered, { type: 'StockReserved' });

  expect(reserved).toMatchObject({ key: answered.orderId, sequence: 3 });
  expect(bodyOf(reserved)).toEqual({ topic: 'products.stock.v1', type: 'StockReserved', data: about });
  expect(bodyOf(settled('StockCommitted', answered)).data).toEqual(about);
  expect(bodyOf(settled('StockReleased', answered)).data).toEqual(about);
  const short = [{ variantId, requested: 2, available: 0 }];
  expect(bodyOf(reserveAnswered(answered, { type: 'StockRejected', reason: 'SHORT', short })).data).toEqual({
    ...about,
    reason: 'SHORT',
    short: [{ variant: { id: variantId }, requested: 2, available: 0 }],
  });
});

test('a stock level is told under its variant with the version of its row', () => {
  const event = stockLevelChanged({ variantId, available: 5, reserved: 1, version: lockedSequence(9) });

  expect(event).toMatchObject({ key: variantId, sequence: 9, topic: 'products.level.v1' });
  expect(bodyOf(event).data).toEqual({ variant: { id: variantId }, available: 5, status: 'LOW' });
});

test('a product tells its whole sellable state; a draft is not sellable; an archived one only goes', () => {
  const told = (status: ProductWithVariants['status']) => bodyOf(catalogueChanged({ ...product, status }, lockedSequence(4)));

  expect(told('ACTIVE')).toMatchObject({
    type: 'ProductChanged',
    data: {
      product: { id },
      slug: 'thing',
      seller: { id: houseSellerId },
      variants: [{ id: variantId, sku: 'S', price: { amount: 100, currency: 'EUR' }, taxClass: 'REDUCED', weightGrams: 0, sellable: true }],
    },
  });
  expect(told('DRAFT')).toMatchObject({ type: 'ProductChanged', data: { variants: [{ sellable: false }] } });
  expect(told('ARCHIVED')).toEqual({
    topic: 'products.catalogue.v1',
    type: 'ProductArchived',
    data: { product: { id }, variantIds: [variantId] },
  });
});
