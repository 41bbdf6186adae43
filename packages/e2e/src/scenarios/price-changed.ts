import { strict as assert } from 'node:assert';
import { eventually, freshKey } from '@tally/testkit';
import type { Scenario } from './scenario.ts';

export const priceChanged: Scenario = {
  title: 'a price that changed under the buyer is refused, creates nothing and leaves the key free',
  async run({ staff, newcomer, quote, untilAvailable }) {
    const shopper = await newcomer();
    await shopper.addPaymentMethod('tok_ok');
    const { variants } = await (await staff()).createProduct({ stock: [3], price: 1_000 });
    const lines = [{ variantId: variants[0]?.id ?? '', quantity: 1 }];
    const seen = await quote(lines);
    await (await staff()).setPrice(lines[0]?.variantId ?? '', 1_200);
    const now = seen + 200;
    await eventually(
      async () => {
        assert.equal(await quote(lines), now, 'the price replica does not know the new price');
      },
      { timeoutMs: 30_000 },
    );

    const idempotencyKey = freshKey('checkout');
    const refused = await shopper.checkout({ lines, expectedTotal: seen, idempotencyKey });
    const orders = (await shopper.account()).orders?.totalCount;
    const accepted = await shopper.order({ lines, expectedTotal: now, idempotencyKey });

    assert.equal(refused.order, null);
    assert.deepEqual(
      refused.userErrors.map(({ code, expected, actual }) => ({ code, expected: expected?.amount, actual: actual?.amount })),
      [{ code: 'PRICE_CHANGED', expected: seen, actual: now }],
    );
    assert.equal(orders, 0, 'the refused checkout placed an order');
    assert.equal(accepted.total.amount, now, 'another total was charged than the one agreed to');
    await shopper.until(accepted.id, 'PROCESSING');
    await untilAvailable(lines[0]?.variantId ?? '', 2);
  },
};
