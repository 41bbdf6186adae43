import { strict as assert } from 'node:assert';
import type { Scenario } from './scenario.ts';

export const buyAndReceive: Scenario = {
  title: 'a settled order is confirmed, paid once, shipped and delivered',
  async run({ staff, anna, untilAvailable, witnessed }) {
    const shopper = await anna();
    const { variants } = await (await staff()).createProduct({ stock: [10] });
    const variantId = variants[0]?.id ?? '';

    const placed = await shopper.order({ lines: [{ variantId, quantity: 3 }], wait: 'SETTLED' });
    const paid = await shopper.until(placed.id, 'PROCESSING');
    await (
      await staff()
    ).deliver(
      placed.id,
      paid.lines.map(({ id }) => id),
    );
    const delivered = await shopper.until(placed.id, 'DELIVERED');

    assert.ok(paid.confirmedAt !== null, 'an order in PROCESSING has no confirmedAt');
    assert.equal(paid.paymentStatus, 'CAPTURED');
    assert.deepEqual(
      delivered.timeline.map(({ status }) => status),
      ['PENDING', 'STOCK_RESERVED', 'CONFIRMED', 'PROCESSING', 'SHIPPED', 'DELIVERED'],
    );
    assert.deepEqual(
      delivered.timeline.map(({ sequence }) => sequence),
      [1, 2, 3, 4, 5, 6],
      'the timeline has holes',
    );
    const { captured } = await witnessed(placed.id);
    assert.deepEqual(
      captured.map(({ amount }) => amount),
      [placed.total.amount],
    );
    await untilAvailable(variantId, 7);
  },
};
