import { strict as assert } from 'node:assert';
import type { Scenario } from './scenario.ts';

export const foreignPaymentMethod: Scenario = {
  title: 'a payment method of somebody else fails the order without a call to the provider',
  async run({ staff, anna, bert, untilAvailable, witnessed }) {
    const [owner, shopper] = await Promise.all([anna(), bert()]);
    const { variants } = await (await staff()).createProduct({ stock: [2] });
    const variantId = variants[0]?.id ?? '';
    const paymentMethodId = await owner.addPaymentMethod('tok_ok');

    const placed = await shopper.order({ lines: [{ variantId, quantity: 1 }], paymentMethodId });
    const failed = await shopper.until(placed.id, 'PAYMENT_FAILED');

    assert.deepEqual(
      failed.problems.map(({ code }) => code),
      ['PAYMENT_DECLINED'],
    );
    assert.deepEqual((await witnessed(placed.id)).entries, [], 'the provider was called');
    await untilAvailable(variantId, 2);
  },
};
