import { describe, expect, test } from 'vitest';
import { moveOf } from '../../src/domain/order.ts';
import { cancel, type Saga } from '../../src/domain/saga.ts';
import { commandIdOf } from '../../src/domain/saga-commands.ts';
import { commandIn } from '../sagas.ts';
import { aDraft, ends, hears, meeting, NeverMindError, placed, reserveOf, sagaOf, upTo } from './drafts.ts';
import type { OpenStores, StoresWorld } from './stores-world.ts';

/** An order whose stock is reserved. */
async function reserved(world: StoresWorld) {
  const order = await placed(world);
  await world.transaction((stores) => hears(stores, order.id, 'StockReserved', 'ReserveStock'));
  return order;
}

/** The sentences that every store of sagas must pass. */
export function sagasStoreContract(name: string, open: OpenStores): void {
  describe(name, () => {
    test('an order begins its saga by asking for stock', async () => {
      await using world = await open();
      const draft = aDraft();
      const order = await placed(world, draft, 60_000);

      const { saga, version, status, confirmed, cartId } = await sagaOf(world, order.id);

      expect(saga).toEqual({
        ...{ orderId: order.id, sagaId: draft.sagaId, buyerId: draft.buyerId, total: draft.total, paymentMethodId: null },
        ...{ step: 'RESERVE', inDoubtSince: null, attention: null, deadlineAt: new Date(order.placedAt.getTime() + 60_000) },
        commands: [{ id: reserveOf(draft).id, type: 'ReserveStock', state: 'OUTSTANDING' }],
      });
      expect({ version, status, confirmed, cartId }).toEqual({ version: 1, status: 'PENDING', confirmed: false, cartId: null });
      expect(await world.transaction(({ sagas }) => sagas.load(aDraft().id))).toBeNull();
    });

    test('what is written is what is read', async () => {
      await using world = await open();
      const { id } = await placed(world);

      for (const [type, to] of [
        ['StockReserved', 'ReserveStock'],
        ['PaymentInDoubt', 'AuthorisePayment'],
        ['PaymentAuthorised', 'AuthorisePayment'],
        ['PaymentCaptured', 'CapturePayment'],
        ['StockCommitted', 'CommitStock'],
      ] as const) {
        const { next } = await world.transaction((stores) => hears(stores, id, type, to));
        const { saga } = await sagaOf(world, id);
        expect(next.saga).toMatchObject({ ...saga, commands: expect.arrayContaining([...saga.commands]) as unknown });
      }

      expect(await sagaOf(world, id)).toMatchObject({ version: 6, status: 'PROCESSING', confirmed: true });
      expect((await world.orders.byIds([id])).get(id)).toMatchObject({ status: 'PROCESSING', confirmedAt: expect.any(Date) as Date });
    });

    test('commands to products and to payments count apart, a move counts both streams', async () => {
      await using world = await open();
      const { id } = await placed(world);

      const asked = await world.transaction((stores) => hears(stores, id, 'StockReserved', 'ReserveStock'));
      const sold = await world.transaction((stores) => hears(stores, id, 'PaymentAuthorised', 'AuthorisePayment'));

      expect([asked.next, sold.next].map(({ send }) => send.map(({ type }) => type))).toEqual([
        ['AuthorisePayment'],
        ['CommitStock', 'CapturePayment'],
      ]);
      expect([asked.sequences, sold.sequences]).toEqual([
        { commands: [1], move: { order: 2, buyer: 2 } },
        { commands: [2, 2], move: { order: 3, buyer: 3 } },
      ]);
    });

    test('two decisions about one state: one is written, the other is to run again', async () => {
      await using world = await open();
      const { id, buyerId } = await reserved(world);
      const met = meeting(2);

      expect(
        await ends([
          world.transaction((stores) => hears(stores, id, 'PaymentAuthorised', 'AuthorisePayment', met)),
          world.transaction((stores) => hears(stores, id, 'PaymentDeclined', 'AuthorisePayment', met)),
        ]),
      ).toEqual(['done', 'retry']);

      expect((await sagaOf(world, id)).version).toBe(3);
      expect((await world.orders.streamOf(buyerId, 0, 10)).events.map(({ sequence }) => sequence)).toEqual(upTo(3));
    });

    test('two answers at once to what one decision sent are both written, one after the other', async () => {
      await using world = await open();
      const { id } = await reserved(world);
      await world.transaction((stores) => hears(stores, id, 'PaymentAuthorised', 'AuthorisePayment'));
      const met = meeting(2);

      expect(
        await ends([
          world.transaction((stores) => hears(stores, id, 'StockCommitted', 'CommitStock', met)),
          world.transaction((stores) => hears(stores, id, 'PaymentCaptured', 'CapturePayment', met)),
        ]),
      ).toEqual(['done', 'retry']);

      const { saga } = await sagaOf(world, id);
      const [late, command] =
        saga.step === 'COMPLETE' && saga.committed
          ? (['PaymentCaptured', 'CapturePayment'] as const)
          : (['StockCommitted', 'CommitStock'] as const);
      await world.transaction((stores) => hears(stores, id, late, command));
      expect(await sagaOf(world, id)).toMatchObject({ version: 5, status: 'PROCESSING', saga: { step: 'ENDED', as: 'SOLD' } });
    });

    test('whoever waited for a decision that is rolled back writes its own', async () => {
      await using world = await open();
      const { id, buyerId } = await reserved(world);
      const racer = Promise.withResolvers<unknown>();

      const rolledBack = world.transaction(async (stores) => {
        await hears(stores, id, 'PaymentDeclined', 'AuthorisePayment');
        racer.resolve(ends([world.transaction((other) => hears(other, id, 'PaymentAuthorised', 'AuthorisePayment'))]));
        await world.somebodyWaits();
        throw new NeverMindError();
      });

      await expect(rolledBack).rejects.toThrow(NeverMindError);
      expect(await racer.promise).toEqual(['done']);
      expect(await sagaOf(world, id)).toMatchObject({ status: 'CONFIRMED', version: 3 });
      expect((await world.orders.streamOf(buyerId, 0, 10)).newest).toBe(3);
    });

    test('a decision about an order that has moved by another way is to run again, and leaves nothing', async () => {
      await using world = await open();
      const { id } = await reserved(world);

      const late = world.transaction((stores) =>
        hears(stores, id, 'PaymentAuthorised', 'AuthorisePayment', async () => {
          await world.transaction(({ orders }) => orders.move(id, moveOf('STOCK_RESERVED', 'CANCELLING')));
        }),
      );

      expect(await ends([late])).toEqual(['retry']);
      expect(await sagaOf(world, id)).toMatchObject({ version: 2, status: 'CANCELLING', saga: { step: 'AUTHORISE' } });
    });

    test('what a cancellation makes void is void, and its late answer on record', async () => {
      await using world = await open();
      const { id } = await reserved(world);
      await world.transaction(async ({ sagas }) => {
        const state = await sagas.load(id);
        const next = state === null ? null : cancel(state.saga, state.status, 'CUSTOMER');
        if (state === null || next === null) throw new Error('it cannot be cancelled');
        await sagas.apply(state, next, null);
      });
      await world.transaction((stores) => hears(stores, id, 'PaymentDeclined', 'AuthorisePayment'));

      const { saga, status } = await sagaOf(world, id);

      expect(status).toBe('CANCELLING');
      expect(saga).toMatchObject({ step: 'CANCELLING', endsAs: 'CANCELLED', deadlineAt: null });
      expect(Object.fromEntries(saga.commands.map(({ type, state }) => [type, state]))).toEqual({
        ReserveStock: 'ANSWERED',
        AuthorisePayment: 'VOID_ANSWERED',
        VoidPayment: 'OUTSTANDING',
      });
    });

    test('a command that is outstanding is not asked a second time', async () => {
      await using world = await open();
      const { id } = await reserved(world);
      const twice = world.transaction(async ({ sagas }) => {
        const state = await sagas.load(id);
        if (state === null) throw new Error('no saga');
        const commandId = commandIdOf(state.saga.sagaId, 'ReleaseStock', 7);
        const release = { id: commandId, type: 'ReleaseStock' as const, data: { commandId, order: { id }, reason: 'test' } };
        const other = commandIdOf(state.saga.sagaId, 'ReleaseStock', 8);
        const send = [release, { ...release, id: other, data: { ...release.data, commandId: other } }];
        await sagas.apply(state, { saga: state.saga, send, move: null, verdict: 'MOVED' }, null);
      });

      expect(await ends([twice])).toEqual(['result']);
      expect((await sagaOf(world, id)).saga.commands).toHaveLength(2);
    });

    test('a command whose like is answered in the same decision is one too many', async () => {
      await using world = await open();
      const { id } = await placed(world);
      const again = world.transaction(async ({ sagas }) => {
        const state = await sagas.load(id);
        if (state === null) throw new Error('no saga');
        const answered = commandIn(state.saga, 'ReserveStock');
        const commandId = commandIdOf(state.saga.sagaId, 'ReserveStock', 2);
        const saga: Saga = { ...state.saga, commands: state.saga.commands.map((command) => ({ ...command, state: 'ANSWERED' })) };
        const send = [{ id: commandId, type: 'ReserveStock' as const, data: { commandId, order: { id }, lines: [] } }];
        await sagas.apply(state, { saga, send, move: null, verdict: 'MOVED' }, { commandId: answered, type: 'StockReserved' });
      });

      expect(await ends([again])).toEqual(['result']);
    });
  });
}
