import { strict as assert } from 'node:assert';
import { homeAddress } from '../client/shopper.ts';
import type { Scenario } from './scenario.ts';

export const addInParallel: Scenario = {
  title: 'twenty parallel first adds to a fresh cart are all in it',
  async run({ graph, staff, newcomer }) {
    const { variants } = await (await staff()).createProduct({ stock: [50, 50, 50, 50] });
    const shopper = await newcomer();

    const adds = Array.from({ length: 20 }, (_, index) => [{ variantId: variants[index % 4]?.id ?? '', quantity: 1 }]);
    const answers = await Promise.all(adds.map((lines) => shopper.addToCart(lines)));

    assert.deepEqual(
      answers.flatMap(({ userErrors }) => userErrors),
      [],
    );
    const carts = new Set(answers.map(({ cart }) => cart?.id));
    assert.equal(carts.size, 1, 'the adds met in more than one cart');
    const { cart } = await graph.ask('CartPage', { id: [...carts][0], shippingAddress: homeAddress }, { token: shopper.token });
    assert.deepEqual(
      cart?.lines.map(({ quantity }) => quantity),
      [5, 5, 5, 5],
      'an add is lost',
    );
  },
};
