import { strict as assert } from 'node:assert';
import type { Scenario } from './scenario.ts';

export const cancelAfterCapture: Scenario = {
  title: 'an order cancelled after its capture is refunded in full, and its stock can be sold again',
  async run({ staff, anna, untilAvailable, witnessed }) {
    const shopper = await anna();
    const { variants } = await (await staff()).createProduct({ stock: [8] });
    const variantId = variants[0]?.id ?? '';
    const placed = await shopper.order({ lines: [{ variantId, quantity: 5 }] });
    await shopper.until(placed.id, 'PROCESSING');

    await shopper.cancel(placed.id);
    const cancelled = await shopper.until(placed.id, 'CANCELLED');

    const [payment] = cancelled.payments ?? [];
    assert.equal(payment?.status, 'REFUNDED');
    assert.equal(payment.refunded.amount, placed.total.amount);
    assert.deepEqual(
      payment.refunds.map(({ status, amount }) => ({ status, amount: amount.amount })),
      [{ status: 'SUCCEEDED', amount: placed.total.amount }],
    );
    assert.deepEqual(
      (await witnessed(placed.id)).refunded.map(({ amount }) => amount),
      [placed.total.amount],
    );
    await untilAvailable(variantId, 8);
  },
};
