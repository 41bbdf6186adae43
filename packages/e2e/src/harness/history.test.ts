import { describe, expect, test } from 'vitest';
import { acknowledged, unknown, type Purchase } from './history.ts';

const aPurchase = (over: Partial<Purchase> = {}): Purchase => ({
  buyer: 100,
  key: 'key',
  variantId: 'var',
  quantity: 1,
  paymentMethodId: 'pm',
  state: 'ok',
  orderId: 'ord',
  total: 100,
  ...over,
});

describe('a client', () => {
  test('asks again about an answer that was lost, and about a wish to cancel that nobody answered', () => {
    const lost = aPurchase({ state: 'info', orderId: null, total: null });
    const uncancelled = aPurchase({ cancel: 'wanted' });
    expect(unknown({ purchases: [aPurchase(), lost, uncancelled, aPurchase({ cancel: 'answered' })] })).toEqual([lost, uncancelled]);
  });

  test('has nothing to cancel where it was refused', () => {
    expect(unknown({ purchases: [aPurchase({ orderId: null, total: null, cancel: 'wanted' })] })).toEqual([]);
  });

  test('holds the shop to the orders that it was told of', () => {
    expect(acknowledged({ purchases: [aPurchase(), aPurchase({ state: 'info', orderId: null, total: null })] })).toEqual([
      { id: 'ord', total: 100 },
    ]);
  });
});
