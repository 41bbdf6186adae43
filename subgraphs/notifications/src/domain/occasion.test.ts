import { orderStatuses } from '@tally/events';
import { expect, test } from 'vitest';
import { occasionOf } from './occasion.ts';

test('what is worth telling, over every status there is', () => {
  const told = orderStatuses.flatMap((status) => {
    const occasion = occasionOf(status);
    return occasion === null ? [] : [[status, occasion]];
  });

  expect(told).toEqual([
    ['CONFIRMED', { template: 'ORDER_CONFIRMED' }],
    ['PARTIALLY_SHIPPED', { template: 'ORDER_SHIPPED', partial: true }],
    ['SHIPPED', { template: 'ORDER_SHIPPED', partial: false }],
    ['DELIVERED', { template: 'ORDER_DELIVERED' }],
    ['PAYMENT_FAILED', { template: 'PAYMENT_FAILED' }],
  ]);
});
