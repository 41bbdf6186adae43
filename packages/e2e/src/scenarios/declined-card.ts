import { strict as assert } from 'node:assert';
import type { Scenario } from './scenario.ts';

export const declinedCard: Scenario = {
  title: 'a declined card ends in PAYMENT_FAILED, gives the stock back and captures nothing',
  async run({ staff, anna, untilAvailable, witnessed }) {
    const shopper = await anna();
    const { variants } = await (await staff()).createProduct({ stock: [4] });
    const variantId = variants[0]?.id ?? '';
    const paymentMethodId = await shopper.addPaymentMethod('tok_declined', { makeDefault: false });

    const placed = await shopper.order({ lines: [{ variantId, quantity: 4 }], paymentMethodId, wait: 'SETTLED' });
    const failed = await shopper.until(placed.id, 'PAYMENT_FAILED');

    assert.deepEqual(
      failed.problems.map(({ code }) => code),
      ['PAYMENT_DECLINED'],
    );
    assert.equal(failed.paymentStatus, 'DECLINED');
    await untilAvailable(variantId, 4);
    const { entries, captured } = await witnessed(placed.id);
    assert.deepEqual(
      entries.map(({ operation, outcome }) => `${operation} ${outcome}`),
      ['authorise declined'],
    );
    assert.deepEqual(captured, []);
  },
};
