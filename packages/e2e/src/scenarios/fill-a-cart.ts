import { strict as assert } from 'node:assert';
import { eventually, freshKey } from '@tally/testkit';
import { logIn } from '../client/shopper.ts';
import type { Scenario } from './scenario.ts';

export const fillACart: Scenario = {
  title: 'a newcomer registers, signs in, finds a product and fills a cart',
  async run({ graph, staff, newcomer }) {
    const word = freshKey('lantern').replace('-', '');
    const product = await (await staff()).createProduct({ title: `Storm ${word}`, stock: [5, 5] });
    const [small, large] = product.variants.map(({ id }) => id);
    assert.ok(small !== undefined && large !== undefined);
    const { email, password, id } = await newcomer();

    const shopper = await logIn(graph, email, password);
    const found = await eventually(async () => {
      const { products } = await graph.ask('ProductSearch', { query: word });
      assert.deepEqual(
        products.edges.map(({ node }) => node.id),
        [product.id],
        'the search does not find the product alone',
      );
      return products;
    });
    const added = await shopper.addToCart([
      { variantId: small, quantity: 2 },
      { variantId: large, quantity: 1 },
    ]);

    assert.equal(shopper.id, id, 'signing in gives another account than registering');
    assert.equal(found.totalCount, 1);
    assert.deepEqual(added.userErrors, []);
    assert.equal((await shopper.account()).cart?.id, added.cart?.id, 'the filled cart is not the open cart');
    assert.deepEqual(added.cart?.lines.map(({ quantity }) => quantity).sort(), [1, 2]);
  },
};
