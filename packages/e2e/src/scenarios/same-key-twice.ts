import { strict as assert } from 'node:assert';
import { eventually, freshKey } from '@tally/testkit';
import { homeAddress } from '../client/shopper.ts';
import type { Scenario } from './scenario.ts';

export const sameKeyTwice: Scenario = {
  title: 'the same key gives the same order, also once its cart is cleared; another input under it is refused',
  async run({ graph, staff, newcomer, witnessed }) {
    const shopper = await newcomer();
    await shopper.addPaymentMethod('tok_ok');
    const { variants } = await (await staff()).createProduct({ stock: [6] });
    const { cart } = await shopper.addToCart([{ variantId: variants[0]?.id ?? '', quantity: 2 }]);
    assert.ok(cart !== null);
    const intent = { cartId: cart.id, idempotencyKey: freshKey('checkout') };

    const first = await shopper.checkout(intent);
    const again = await shopper.checkout({ ...intent, wait: 'SETTLED' });
    assert.ok(first.order !== null, `the checkout is refused: ${JSON.stringify(first.userErrors)}`);
    await shopper.until(first.order.id, 'PROCESSING');
    await eventually(async () => {
      const page = await graph
        .ask('CartPage', { id: cart.id, shippingAddress: homeAddress }, { token: shopper.token })
        .catch(() => ({ cart: null }));
      assert.deepEqual(page.cart?.lines ?? [], [], 'the cart of a confirmed order still has lines');
    });
    const late = await shopper.checkout(intent);
    const other = await shopper.checkout({ ...intent, shippingAddress: { ...homeAddress, line1: 'Hauptstr. 2' } });

    assert.deepEqual([first.replayed, again.replayed, late.replayed], [false, true, true]);
    assert.deepEqual([again.order?.id, late.order?.id], [first.order.id, first.order.id]);
    assert.equal(late.order?.status, 'PROCESSING', 'a replay does not show the order as it stands now');
    assert.equal(other.order, null);
    assert.deepEqual(
      other.userErrors.map(({ code }) => code),
      ['IDEMPOTENCY_KEY_REUSED'],
    );
    assert.equal((await shopper.account()).orders?.totalCount, 1, 'the buyer has more than one order');
    assert.equal((await witnessed(first.order.id)).captured.length, 1);
  },
};
