import { strict as assert } from 'node:assert';
import { eventually } from '@tally/testkit';
import { euros, spoken } from '../narration.ts';
import { countedFromNow, watch } from '../steps.ts';
import type { Scene } from './scene.ts';

export const followAnOrder: Scene = {
  title: 'Ada buys two mugs, and follows the order without asking',
  async play({ ada, sue, phone, tell }) {
    const { variants } = await sue.createProduct({ title: 'Harbour Stoneware Mug', stock: [12] });
    const variantId = variants[0]?.id ?? '';
    await using client = phone();
    const mails = client.open('NotificationFeed', {});

    const clickedAt = performance.now();
    const click = countedFromNow('the click');
    const order = await ada.order({ lines: [{ variantId, quantity: 2 }], wait: 'ACCEPTED' });
    tell.does(`checkout: order ${order.number}, ${euros(order.total.amount)}, accepted after ${spoken(performance.now() - clickedAt)}`);
    const stream = client.open('TrackOrder', { orderId: order.id, afterSequence: 0 });
    const paid = await watch(stream, 'PROCESSING', tell, click);

    tell.does('Sue packs it, and the carrier takes it');
    const page = await ada.orderPage(order.id);
    const handedOver = countedFromNow('that');
    const delivering = sue.deliver(
      order.id,
      page.lines.map(({ id }) => id),
    );
    const [rest] = await Promise.all([watch(stream, 'DELIVERED', tell, handedOver), delivering]);
    assert.deepEqual(
      [...paid, ...rest].map(({ status }) => status),
      ['PENDING', 'STOCK_RESERVED', 'CONFIRMED', 'PROCESSING', 'SHIPPED', 'DELIVERED'],
    );
    tell.holds('six steps over one WebSocket, each once, in order; nobody polled');

    tell.does('her mailbox, over the same socket');
    const wanted = ['ORDER_CONFIRMED', 'ORDER_SHIPPED', 'ORDER_DELIVERED'];
    const told = await eventually(
      () => {
        const ofOrder = mails.events
          .flatMap(({ data }) => data.notificationReceived.notification ?? [])
          .filter((mail) => mail.order?.id === order.id);
        assert.deepEqual(
          ofOrder.map(({ template }) => template),
          wanted,
          'mails of the order',
        );
        return ofOrder;
      },
      { timeoutMs: 20_000 },
    );
    for (const { subject } of told) tell.sees('✉', subject);
    assert.ok(told[0]?.body.includes(order.number), 'the confirmation does not name the order');
    tell.holds('one mail each for confirmed, shipped and delivered');
  },
};
