import { strict as assert } from 'node:assert';
import type { Scenario } from './scenario.ts';

export const silentProvider: Scenario = {
  title: 'a provider that charges and then times out is asked, and charges once',
  async run({ staff, bert, witnessed }) {
    const shopper = await bert();
    const { variants } = await (await staff()).createProduct({ stock: [2] });
    const paymentMethodId = await shopper.addPaymentMethod('tok_timeout_after', { makeDefault: false });

    const placed = await shopper.order({ lines: [{ variantId: variants[0]?.id ?? '', quantity: 1 }], paymentMethodId });
    await shopper.until(placed.id, 'PROCESSING');

    const { authorised, captured } = await witnessed(placed.id);
    assert.equal(authorised.length, 1, 'the provider authorised more than once');
    assert.deepEqual(
      captured.map(({ amount }) => amount),
      [placed.total.amount],
      'the provider captured otherwise than once',
    );
    const attempts = await (await staff()).attemptsFor(placed.id);
    assert.ok(
      attempts.some(({ operation, outcome }) => operation === 'AUTHORISE' && outcome === 'UNKNOWN'),
      'no attempt of unknown outcome is on record',
    );
    assert.ok(
      attempts.some(({ operation }) => operation === 'ENQUIRE'),
      `no enquiry is on record: ${JSON.stringify(attempts)}`,
    );
  },
};
