import { newId } from '@tally/kernel';
import type { DeliveredRecord } from '@tally/messaging';
import { expect, test } from 'vitest';
import { onCatalogueChanged } from './catalogue-changed.ts';

const [productId, first, second] = [newId('prod'), newId('var'), newId('var')];

function forgottenBy(type: string, data: unknown): readonly string[] {
  const forgotten: string[] = [];
  const hot = {
    forget: (ids: readonly string[]) => Promise.resolve(void forgotten.push(...ids)),
    forgetAll: () => Promise.resolve(void forgotten.push('everything')),
  };
  const record: DeliveredRecord = {
    topic: 'products.catalogue.v1',
    key: productId,
    eventId: newId('evt'),
    type,
    sequence: 2,
    time: new Date(),
    traceparent: null,
    tracestate: null,
    payload: typeof data === 'string' ? data : JSON.stringify(data),
    partition: 0,
    position: '1',
  };
  onCatalogueChanged(hot)(record);
  return forgotten;
}

test('a change forgets the product and each of its variants', () => {
  const variant = { sku: 'S', title: 'T', price: { amount: 1, currency: 'EUR' }, taxClass: 'STANDARD', weightGrams: 0, sellable: true };
  const product = { product: { id: productId }, slug: 's', title: 'T', category: { id: newId('cat') }, seller: { id: newId('sell') } };

  const changed = { ...product, variants: [first, second].map((id) => ({ ...variant, id })) };

  expect(forgottenBy('ProductChanged', changed)).toEqual([productId, first, second]);
  expect(forgottenBy('ProductArchived', { product: { id: productId }, variantIds: [first, second] })).toEqual([productId, first, second]);
});

test('a record that cannot be read, or of a type from the future, forgets everything', () => {
  expect(forgottenBy('ProductChanged', '{')).toEqual(['everything']);
  expect(forgottenBy('ProductChanged', {})).toEqual(['everything']);
  expect(forgottenBy('ProductTranslated', {})).toEqual(['everything']);
});
