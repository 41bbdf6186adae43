import { strict as assert } from 'node:assert';
import { countedFromNow, watch } from '../steps.ts';
import type { Scene } from './scene.ts';

export const soldOut: Scene = {
  title: 'Something that is sold out',
  async play({ world, ada, sue, phone, tell }) {
    const { variants } = await sue.createProduct({ title: 'Enamel Jug', stock: [1, 9], price: 2_790 });
    const [scarce, plenty] = variants.map(({ id }) => id);
    assert.ok(scarce !== undefined && plenty !== undefined);
    await using client = phone();

    const click = countedFromNow('the click');
    const order = await ada.order({
      lines: [
        { variantId: scarce, quantity: 2 },
        { variantId: plenty, quantity: 1 },
      ],
      wait: 'ACCEPTED',
    });
    tell.does(`she wants two of a jug of which one is left, and one of another: order ${order.number}`);
    await watch(client.open('TrackOrder', { orderId: order.id, afterSequence: 0 }), 'REJECTED', tell, click);

    const { problems } = await ada.orderPage(order.id);
    for (const { code, requested, available, variant } of problems)
      tell.sees('!', `${code}: ${variant?.sku ?? ''}, wanted ${String(requested)}, there is ${String(available)}`);
    assert.deepEqual(
      problems.map(({ variant, requested, available }) => ({ variant: variant?.id, requested, available })),
      [{ variant: scarce, requested: 2, available: 1 }],
    );
    const stock = await world.stockOf([scarce, plenty]);
    assert.deepEqual(
      stock.map(({ inventory }) => inventory.available),
      [1, 9],
    );
    assert.deepEqual((await world.witnessed(order.id)).entries, [], 'the provider was asked');
    tell.holds('the short line is named, nothing was taken from the shelf, no card was touched');
  },
};
