import { strict as assert } from 'node:assert';
import { countedFromNow, nextStep, stepText, watch } from '../steps.ts';
import type { Scene } from './scene.ts';

export const loseTheSignal: Scene = {
  title: 'Her phone loses the signal in the middle of it',
  async play({ ada, sue, phone, tell }) {
    const { variants } = await sue.createProduct({ title: 'Lantern of Brass', stock: [3], price: 4_990 });
    await using client = phone();
    const order = await ada.order({ lines: [{ variantId: variants[0]?.id ?? '', quantity: 1 }], wait: 'ACCEPTED' });
    const stream = client.open('TrackOrder', { orderId: order.id, afterSequence: 0 });
    const first = await nextStep(stream);
    tell.sees(`#${String(first.sequence)}`, stepText(first.data.orderStatusChanged));

    stream.cut();
    await stream.ended;
    const seen = stream.lastSequence;
    tell.does(`the socket is cut without a word; the last step she saw is #${String(seen)}`);
    const page = await ada.until(order.id, 'PROCESSING');
    await sue.deliver(
      order.id,
      page.lines.map(({ id }) => id),
    );
    tell.does('meanwhile the order goes on: it is paid, shipped and delivered');

    const back = countedFromNow('she is back');
    tell.does(`she is back, and asks for what came afterSequence: ${String(seen)}`);
    const missed = await watch(stream.resume(), 'DELIVERED', tell, back);
    const from = (seen ?? 0) + 1;
    assert.deepEqual(
      missed.map(({ sequence }) => sequence),
      Array.from({ length: 6 - from + 1 }, (_, index) => from + index),
      'what she missed',
    );
    tell.holds(`all ${String(missed.length)} missed steps, none twice`);
  },
};
