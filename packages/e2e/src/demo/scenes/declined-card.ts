import { strict as assert } from 'node:assert';
import { countedFromNow, watch } from '../steps.ts';
import type { Scene } from './scene.ts';

export const declinedCard: Scene = {
  title: 'A card that is declined',
  async play({ world, ada, sue, phone, tell }) {
    const { variants } = await sue.createProduct({ title: 'Walnut Tray', stock: [1], price: 3_490 });
    const variantId = variants[0]?.id ?? '';
    const paymentMethodId = await ada.addPaymentMethod('tok_declined', { makeDefault: false });
    await using client = phone();

    const click = countedFromNow('the click');
    const order = await ada.order({ lines: [{ variantId, quantity: 1 }], paymentMethodId, wait: 'ACCEPTED' });
    tell.does(`she takes the last one and pays with a bad card: order ${order.number}`);
    await watch(client.open('TrackOrder', { orderId: order.id, afterSequence: 0 }), 'PAYMENT_FAILED', tell, click);

    const { problems } = await ada.orderPage(order.id);
    for (const { code, message } of problems) tell.sees('!', `${code}: ${message ?? ''}`);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['PAYMENT_DECLINED'],
    );
    await world.untilAvailable(variantId, 1);
    const { captured } = await world.witnessed(order.id);
    assert.deepEqual(captured, [], 'the provider took money');
    tell.holds('the tray is back on the shelf, and the provider’s own ledger shows no money taken');
  },
};
