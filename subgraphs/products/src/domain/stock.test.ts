import fc from 'fast-check';
import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { replyToReserve } from './stock-claim.ts';
import { movementEffect, stockStatus, sumLines } from './stock.ts';

test('five or fewer is low, none is out', () => {
  expect([-1, 0, 1, 5, 6].map(stockStatus)).toEqual(['OUT_OF_STOCK', 'OUT_OF_STOCK', 'LOW', 'LOW', 'IN_STOCK']);
});

test('lines of one variant become one, in id order, and no unit is lost', () => {
  const ids = [newId('var'), newId('var'), newId('var')];
  const line = fc.record({ variantId: fc.constantFrom(...ids), quantity: fc.integer({ min: 1, max: 1_000 }) });
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const summed = sumLines(lines);
      expect(summed.map(({ variantId }) => variantId)).toEqual([...new Set(lines.map(({ variantId }) => variantId))].sort());
      for (const { variantId, quantity } of summed)
        expect(quantity).toBe(lines.filter((each) => each.variantId === variantId).reduce((sum, each) => sum + each.quantity, 0));
    }),
  );
});

test('a reservation moves units between available and reserved; only opening, adjusting, selling and restocking change what is on the shelf', () => {
  const onHand = Object.entries(movementEffect).map(([kind, { available, reserved }]) => [kind, available + reserved]);

  expect(Object.fromEntries(onHand)).toEqual({ OPENING: 1, ADJUSTED: 1, RESERVED: 0, RELEASED: 0, COMMITTED: -1, RESTOCKED: 1 });
});

test('a reservation is answered by what became of the claim', () => {
  const short = [{ variantId: newId('var'), requested: 2, available: 1 }];
  const reply = (state: 'RESERVED' | 'REJECTED' | 'COMMITTED' | 'RELEASED', reason: string | null = null) =>
    replyToReserve({ state, reason, short: state === 'REJECTED' ? short : [] });

  expect(reply('RESERVED')).toEqual({ type: 'StockReserved' });
  expect(reply('COMMITTED')).toEqual({ type: 'StockReserved' });
  expect(reply('RELEASED', 'CUSTOMER')).toEqual({ type: 'StockRejected', reason: 'CANCELLED', short: [] });
  expect(reply('REJECTED', 'SHORT')).toEqual({ type: 'StockRejected', reason: 'SHORT', short });
  expect(reply('REJECTED', 'NOT_SELLABLE')).toEqual({ type: 'StockRejected', reason: 'NOT_SELLABLE', short });
});
