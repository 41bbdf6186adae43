import { strict as assert } from 'node:assert';
import { freshKey } from '@tally/testkit';
import type { Scenario } from './scenario.ts';

export const twentyClicks: Scenario = {
  title: 'twenty parallel clicks with one key place one order and charge once',
  async run({ staff, anna, untilAvailable, witnessed }) {
    const shopper = await anna();
    const { variants } = await (await staff()).createProduct({ stock: [30] });
    const variantId = variants[0]?.id ?? '';
    const intent = { lines: [{ variantId, quantity: 1 }], idempotencyKey: freshKey('checkout') };

    const answers = await Promise.all(Array.from({ length: 20 }, () => shopper.checkout(intent)));
    const [order] = answers.flatMap(({ order: placed }) => placed ?? []);
    assert.ok(order !== undefined, `no click placed an order: ${JSON.stringify(answers[0]?.userErrors)}`);
    await shopper.until(order.id, 'PROCESSING');

    const told = answers.map(({ order: placed, userErrors }) => ({
      id: placed?.id,
      number: placed?.number,
      total: placed?.total.amount,
      userErrors,
    }));
    for (const answer of told) assert.deepEqual(answer, told[0], 'two clicks got different answers');
    assert.equal(answers.filter(({ replayed }) => !replayed).length, 1, 'more than one click claims to have placed the order');
    assert.deepEqual(
      (await witnessed(order.id)).captured.map(({ amount }) => amount),
      [order.total.amount],
    );
    await untilAvailable(variantId, 29);
  },
};
