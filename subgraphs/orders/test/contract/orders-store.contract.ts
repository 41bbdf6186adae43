import { newId, type Id } from '@tally/kernel';
import { describe, expect, test } from 'vitest';
import { moveOf } from '../../src/domain/order.ts';
import type { Shipment } from '../../src/domain/shipment.ts';
import { aDraft, ends, NeverMindError, place, placed, upTo } from './drafts.ts';
import type { OpenStores, StoresWorld } from './stores-world.ts';

const cancelled = moveOf('PENDING', 'CANCELLED', { note: 'called off', cancelReason: 'CUSTOMER' });

async function streamOf({ orders }: StoresWorld, buyerId: Id<'usr'>) {
  const { newest, events } = await orders.streamOf(buyerId, 0, 1_000);
  return { newest, sequences: events.map(({ sequence }) => sequence) };
}
const withoutHole = (n: number) => ({ newest: n, sequences: upTo(n) });

/** The sentences that every store of orders must pass. */
export function ordersStoreContract(name: string, open: OpenStores): void {
  describe(name, () => {
    test('an order that was placed is found by its id, its number and its key, with one step on its timeline', async () => {
      await using world = await open();
      const draft = aDraft({ of: [1, 2].map((quantity) => ({ variantId: newId('var'), quantity })) });

      const { order, sequences, commandSequence } = await world.transaction((stores) => place(stores, draft));

      expect(order).toMatchObject({ id: draft.id, status: 'PENDING', sequence: 1, total: draft.total, problems: [], confirmedAt: null });
      expect([sequences, commandSequence]).toEqual([{ order: 1, buyer: 1 }, 1]);
      expect((await world.orders.byIds([draft.id, aDraft().id])).get(draft.id)).toEqual(order);
      expect(await world.orders.byClientKey(draft.buyerId, draft.clientKey)).toEqual({ order, fingerprint: draft.fingerprint });
      expect(await world.orders.byClientKey(newId('usr'), draft.clientKey)).toBeNull();
      expect((await world.orders.linesOf([draft.id])).get(draft.id)?.map(({ id, quantity }) => [id, quantity])).toEqual(
        draft.lines.map(({ id, quantity }) => [id, quantity]),
      );
      expect((await world.orders.timelinesOf([draft.id], 0, 10)).get(draft.id)).toEqual([
        { orderId: draft.id, sequence: 1, previous: null, status: 'PENDING', note: null, occurredAt: order.placedAt },
      ]);
      expect(await world.orders.streamOf(draft.buyerId, null, 10)).toEqual({
        newest: 1,
        events: [{ orderId: draft.id, sequence: 1, status: 'PENDING', occurredAt: order.placedAt }],
      });
    });

    test('orders of one buyer that are placed at once count the stream of the buyer without a hole', async () => {
      await using world = await open();
      const buyerId = newId('usr');

      const orders = await Promise.all(upTo(8).map(() => placed(world, aDraft({ buyerId }))));

      expect(new Set(orders.map(({ number }) => number)).size).toBe(8);
      expect(await streamOf(world, buyerId)).toEqual(withoutHole(8));
    });

    test('of orders that are placed at once under one key, one is there', async () => {
      await using world = await open();
      const [buyerId, clientKey] = [newId('usr'), 'the same'];

      expect(await ends(upTo(4).map(() => placed(world, aDraft({ buyerId, clientKey }))))).toEqual(['done', 'result', 'result', 'result']);

      expect(await streamOf(world, buyerId)).toEqual(withoutHole(1));
    });

    test('whoever waits for a key has it when the other is rolled back', async () => {
      await using world = await open();
      const [buyerId, clientKey] = [newId('usr'), 'the same'];
      const first = aDraft({ buyerId, clientKey });
      const second = aDraft({ buyerId, clientKey });

      const waits = Promise.withResolvers<unknown>();
      const rolledBack = world.transaction(async (stores) => {
        await place(stores, first);
        waits.resolve(placed(world, second));
        await world.somebodyWaits();
        throw new NeverMindError();
      });

      await expect(rolledBack).rejects.toThrow(NeverMindError);
      await waits.promise;
      expect((await world.orders.byClientKey(buyerId, clientKey))?.order.id).toBe(second.id);
      expect(await streamOf(world, buyerId)).toEqual(withoutHole(1));
    });

    test('a transaction that is rolled back leaves nothing, and no number of a stream is missing', async () => {
      await using world = await open();
      const { id, buyerId } = await placed(world);
      const other = aDraft({ buyerId });

      const rolledBack = world.transaction(async (stores) => {
        await stores.orders.lock(id);
        await stores.orders.move(id, cancelled);
        await place(stores, other);
        throw new NeverMindError();
      });

      await expect(rolledBack).rejects.toThrow(NeverMindError);
      expect((await world.orders.byIds([id, other.id])).get(id)).toMatchObject({ status: 'PENDING', sequence: 1 });
      expect(await world.orders.byClientKey(buyerId, other.clientKey)).toBeNull();
      expect(await world.transaction(({ sagas }) => sagas.load(other.id))).toBeNull();
      await world.transaction(({ orders }) => orders.move(id, cancelled));
      expect(await streamOf(world, buyerId)).toEqual(withoutHole(2));
    });

    test('orders of one buyer that move at once count both streams without a hole', async () => {
      await using world = await open();
      const buyerId = newId('usr');
      const orders = await Promise.all(upTo(8).map(() => placed(world, aDraft({ buyerId }))));

      const moves = await Promise.all(orders.map(({ id }) => world.transaction((stores) => stores.orders.move(id, cancelled))));

      expect(moves.map(({ order }) => order)).toEqual(orders.map(() => 2));
      expect(moves.map(({ buyer }) => buyer).toSorted((a, b) => a - b)).toEqual(upTo(16).slice(8));
      expect(await streamOf(world, buyerId)).toEqual(withoutHole(16));
    });

    test('of moves of one order at once one wins, the others are to run again', async () => {
      await using world = await open();
      const { id, buyerId } = await placed(world);

      expect(await ends(upTo(4).map(() => world.transaction(({ orders }) => orders.move(id, cancelled))))).toEqual([
        'done',
        'retry',
        'retry',
        'retry',
      ]);

      expect(await streamOf(world, buyerId)).toEqual(withoutHole(2));
    });

    test('an order that somebody has locked moves after that', async () => {
      await using world = await open();
      const { id } = await placed(world);
      const racer = Promise.withResolvers<unknown>();

      await world.transaction(async ({ orders }) => {
        expect(await orders.lock(id)).toMatchObject({ id, status: 'PENDING', lineIds: [expect.any(String)] });
        racer.resolve(ends([world.transaction((other) => other.orders.move(id, cancelled))]));
        await world.somebodyWaits();
        await orders.move(id, moveOf('PENDING', 'STOCK_RESERVED'));
      });

      expect(await racer.promise).toEqual(['retry']);
      expect((await world.orders.byIds([id])).get(id)).toMatchObject({ status: 'STOCK_RESERVED', sequence: 2 });
    });

    test('a move keeps the problems and the reason that it does not bring', async () => {
      await using world = await open();
      const { id } = await placed(world);
      const problems = [{ code: 'CANCELLED', message: 'Gone.' }] as const;

      await world.transaction(({ orders }) => orders.move(id, moveOf('PENDING', 'STOCK_RESERVED')));
      await world.transaction(({ orders }) =>
        orders.move(id, moveOf('STOCK_RESERVED', 'CANCELLING', { problems, cancelReason: 'FRAUD', note: 'a check' })),
      );
      await world.transaction(({ orders }) => orders.move(id, moveOf('CANCELLING', 'CANCELLED')));

      expect((await world.orders.byIds([id])).get(id)).toMatchObject({
        status: 'CANCELLED',
        problems,
        cancelReason: 'FRAUD',
        allowedActions: [],
      });
      expect((await world.orders.timelinesOf([id], 1, 2)).get(id)).toMatchObject([
        { sequence: 2, previous: 'PENDING', note: null },
        { sequence: 3, previous: 'STOCK_RESERVED', note: 'a check' },
      ]);
    });

    test('an order that does not exist cannot be locked, read or shipped', async () => {
      await using world = await open();
      const { id } = aDraft();

      expect(await world.transaction(({ orders }) => orders.lock(id))).toBeNull();
      expect((await world.orders.shipmentsOf([id])).size + (await world.orders.timelinesOf([id], 0, 9)).size).toBe(0);
      expect(await ends([world.transaction(({ orders }) => orders.move(id, cancelled))])).toEqual(['retry']);
      expect(await world.orders.streamOf(newId('usr'), null, 1)).toEqual({ newest: 0, events: [] });
    });

    test('cancelling ends the labels of an order, and no parcel that is on its way', async () => {
      await using world = await open();
      const { id: orderId } = await placed(world);
      const lineIds = (await world.orders.linesOf([orderId])).get(orderId)?.map(({ id }) => id) ?? [];
      const label: Shipment = {
        ...{ id: newId('shp'), orderId, status: 'LABEL_CREATED', carrier: 'DHL', trackingNumber: null, lineIds },
        ...{ shippedAt: null, deliveredAt: null },
      };
      const parcel = { ...label, id: newId('shp') };
      await world.transaction(({ shipments }) => shipments.create(label));
      await world.transaction(async ({ orders, shipments }) => {
        await shipments.create(parcel);
        await shipments.update({ ...parcel, status: 'IN_TRANSIT', shippedAt: new Date('2026-11-21T13:00:00Z'), trackingNumber: '42' });
        await orders.setFulfilment(orderId, 'PARTIAL');
      });

      await world.transaction(({ shipments }) => shipments.cancelLabels(orderId));

      expect((await world.orders.shipmentsOf([orderId])).get(orderId)).toEqual([
        { ...label, status: 'CANCELLED' },
        { ...parcel, status: 'IN_TRANSIT', shippedAt: new Date('2026-11-21T13:00:00Z'), trackingNumber: '42' },
      ]);
      expect((await world.orders.byIds([orderId])).get(orderId)?.fulfilmentStatus).toBe('PARTIAL');
      expect(await world.transaction(({ shipments }) => shipments.orderOf(parcel.id))).toBe(orderId);
    });
  });
}
