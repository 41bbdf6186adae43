import { strict as assert } from 'node:assert';
import { freshKey } from '@tally/testkit';
import type { Scene } from './scene.ts';

const clicks = 10;

export const doubleClick: Scene = {
  title: 'An impatient finger: ten clicks on “buy” at once',
  async play({ world, ada, sue, tell }) {
    const { variants } = await sue.createProduct({ title: 'Linen Apron', stock: [30], price: 2_490 });
    const variantId = variants[0]?.id ?? '';
    const intent = { lines: [{ variantId, quantity: 1 }], idempotencyKey: freshKey('demo') };

    const answers = await Promise.all(Array.from({ length: clicks }, () => ada.checkout(intent)));
    const orders = new Set(answers.map(({ order }) => order?.id));
    const [first] = answers.flatMap(({ order }) => order ?? []);
    assert.ok(first !== undefined, `no click was accepted: ${JSON.stringify(answers[0]?.userErrors)}`);
    tell.does(`${String(clicks)} checkouts with one idempotency key, all answered with order ${first.number}`);
    assert.equal(orders.size, 1, 'more than one order');
    assert.equal(answers.filter(({ replayed }) => !replayed).length, 1, 'more than one click claims to have placed the order');

    await ada.until(first.id, 'PROCESSING');
    const { captured } = await world.witnessed(first.id);
    assert.deepEqual(
      captured.map(({ amount }) => amount),
      [first.total.amount],
      'charges in the ledger of the provider',
    );
    await world.untilAvailable(variantId, 29);
    tell.holds('one order, one charge, one apron less');
  },
};
