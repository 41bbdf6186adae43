import { money, newId } from '@tally/kernel';
import { describe, expect, test } from 'vitest';
import {
  aCommand,
  anAuthorisation,
  anOrder,
  authorise,
  capture,
  finishNext,
  kindsOf,
  leaseMs,
  movedTo,
  refund,
  settle,
  settlementOf,
  undo,
  type StoresWorld,
} from './stores-world.ts';

/** The sentences that every adapter of the commands store must pass. */
export function commandsStoreContract(name: string, open: () => Promise<StoresWorld>): void {
  describe(`commands store: ${name}`, () => {
    const keep = (world: StoresWorld, userId = newId('usr'), token = 'tok_ok', makeDefault = true, provider = 'simulator') => {
      const id = newId('pm');
      return world.transact(async ({ methods }) => {
        await methods.add({ id, userId, provider, token, kind: 'SIMULATOR', makeDefault });
        return { userId, id };
      });
    };
    const tokenOf = async (world: StoresWorld, change: Parameters<typeof anAuthorisation>[1]) => {
      const orderId = anOrder();
      await authorise(world, anAuthorisation(orderId, change));
      return (await world.rows()).payments.find((payment) => payment.orderId === orderId)?.token;
    };

    test('a payment keeps the token of the method that was named, or of the default, and of nobody else', async () => {
      await using world = await open();
      const { userId: buyerId, id } = await keep(world);
      await keep(world, buyerId, 'tok_other', false);
      const { id: foreign } = await keep(world, newId('usr'), 'tok_foreign');

      expect(await tokenOf(world, { buyerId })).toBe('tok_ok');
      expect(await tokenOf(world, { buyerId, paymentMethodId: id })).toBe('tok_ok');
      expect(await tokenOf(world, { buyerId, paymentMethodId: foreign })).toBeNull();
      expect(await tokenOf(world, { buyerId, provider: 'another' })).toBeNull();
      expect(await tokenOf(world, {})).toBeNull();
    });

    test('the default is the one that was made it last', async () => {
      await using world = await open();
      const { userId: buyerId, id } = await keep(world);
      await keep(world, buyerId, 'tok_other');

      expect(await tokenOf(world, { buyerId })).toBe('tok_other');
      await world.transact(({ methods }) => methods.makeDefault(buyerId, id));
      expect(await tokenOf(world, { buyerId })).toBe('tok_ok');
      await world.transact(({ methods }) => methods.remove(buyerId, id));
      expect(await tokenOf(world, { buyerId })).toBeNull();
      expect((await world.transact(({ methods }) => methods.of(buyerId))).map(({ token }) => token)).toEqual(['tok_other']);
    });

    test('a command that comes many times at once leaves one operation', async () => {
      await using world = await open();
      const row = anAuthorisation(anOrder());

      await Promise.all(Array.from({ length: 6 }, () => authorise(world, row)));
      const again = aCommand(row.orderId);
      expect(await Promise.all([1, 2, 3].map(() => capture(world, row.orderId, again)))).toEqual([true, true, true]);

      const { payments, operations } = await world.rows();
      expect(payments).toMatchObject([{ orderId: row.orderId, status: 'PENDING', amount: 1_000 }]);
      expect(operations.map(({ operation }) => operation)).toEqual(['AUTHORISE', 'CAPTURE']);
    });

    test('the first authorisation of an order says who pays how much', async () => {
      await using world = await open();
      const first = anAuthorisation(anOrder());
      await authorise(world, first);
      await authorise(world, anAuthorisation(first.orderId, { amount: money(5, 'EUR') }));

      expect((await world.rows()).payments).toMatchObject([{ buyerId: first.buyerId, amount: 1_000 }]);
    });

    test('a void that comes first stays, and is given buyer and amount by the authorisation', async () => {
      await using world = await open();
      const row = anAuthorisation(anOrder());
      await undo(world, row.orderId);
      expect((await world.rows()).payments).toMatchObject([{ status: 'VOIDED', buyerId: null, amount: null }]);

      await authorise(world, row);

      const { payments, operations } = await world.rows();
      expect(payments).toMatchObject([{ status: 'VOIDED', buyerId: row.buyerId, amount: 1_000, token: null }]);
      expect(operations.map(({ operation }) => operation)).toEqual(['VOID', 'AUTHORISE']);
    });

    test('authorise and void at once make one payment, whichever was first', async () => {
      await using world = await open();
      const orders = Array.from({ length: 8 }, anOrder);

      await Promise.all(
        orders.flatMap((orderId, at) => {
          const steps = [() => authorise(world, anAuthorisation(orderId)), () => undo(world, orderId)];
          return (at % 2 === 0 ? steps : steps.toReversed()).map((step) => step());
        }),
      );

      const { payments, operations } = await world.rows();
      expect(payments.map(({ orderId }) => orderId).toSorted()).toEqual(orders.toSorted());
      expect(payments.every(({ buyerId, amount }) => buyerId !== null && amount === 1_000)).toBe(true);
      expect(operations).toHaveLength(16);
    });

    test('capture and refund of an order without a payment leave nothing', async () => {
      await using world = await open();
      const orderId = anOrder();

      expect(await capture(world, orderId)).toBe(false);
      expect(await refund(world, orderId, 100)).toBe(false);
      expect(await world.rows()).toEqual({ payments: [], operations: [], attempts: [], refunds: [] });
    });

    test('a refund of an order of which nothing is known but that it was voided leaves nothing', async () => {
      await using world = await open();
      const orderId = anOrder();
      await undo(world, orderId);

      expect(await refund(world, orderId, 100)).toBe(false);
      const { operations, refunds } = await world.rows();
      expect([operations.length, refunds.length]).toEqual([1, 0]);
    });

    test('a refund that is asked for twice is one refund', async () => {
      await using world = await open();
      const orderId = anOrder();
      const refundId = newId('ref');
      await authorise(world, anAuthorisation(orderId));

      await Promise.all([1, 2].map(() => refund(world, orderId, 400, refundId)));

      const { refunds, operations } = await world.rows();
      expect(refunds).toEqual([{ id: refundId, status: 'PENDING', amount: 400 }]);
      expect(operations.map(({ operation }) => operation)).toEqual(['AUTHORISE', 'REFUND', 'REFUND']);
    });

    test('a void brings forward what waits before it, and nothing that is over', async () => {
      await using world = await open();
      const [orderId, other] = [anOrder(), anOrder()];
      for (const id of [orderId, other]) await authorise(world, anAuthorisation(id));
      for (const work of await world.queue.claim('CALLS', 2, leaseMs)) {
        await settle(world, work, settlementOf(work, { state: 'READY', runInMs: 50_000 }));
      }
      expect(await world.queue.claim('CALLS', 10, leaseMs)).toEqual([]);

      await undo(world, orderId);

      const claimed = await world.queue.claim('CALLS', 10, leaseMs);
      expect(claimed.map(({ payment, voidWaits }) => [payment.orderId, voidWaits])).toEqual([[orderId, true]]);
    });

    test('an operation that is held when the void comes is looked at again as soon as its step is over', async () => {
      await using world = await open();
      const orderId = anOrder();
      await authorise(world, anAuthorisation(orderId));
      const [work] = await world.queue.claim('CALLS', 1, leaseMs);
      if (work === undefined) return expect.unreachable();

      await undo(world, orderId);
      expect((await world.rows()).operations.map(({ hurried }) => hurried)).toEqual([true, false]);
      await settle(world, work, settlementOf(work, { state: 'ENQUIRE', runInMs: 50_000 }));

      expect(kindsOf(await world.queue.claim('ENQUIRIES', 10, leaseMs))).toEqual(['AUTHORISE']);
      expect((await world.rows()).operations.map(({ hurried }) => hurried)).toEqual([false, false]);
    });

    test('a void and the end of a step at once: the step is over, and the void comes next', async () => {
      await using world = await open();
      const orders = Array.from({ length: 6 }, anOrder);
      for (const orderId of orders) await authorise(world, anAuthorisation(orderId));
      const held = await world.queue.claim('CALLS', 10, leaseMs);

      await Promise.all([
        ...held.map((work) => settle(world, work, settlementOf(work, { state: 'DONE' }, { payment: movedTo({ status: 'AUTHORISED' }) }))),
        ...orders.map((orderId) => undo(world, orderId)),
      ]);

      expect(kindsOf(await world.queue.claim('CALLS', 10, leaseMs))).toEqual(orders.map(() => 'VOID'));
      expect((await world.rows()).payments.map(({ status }) => status)).toEqual(orders.map(() => 'AUTHORISED'));
    });

    test('what is rolled back was never there', async () => {
      await using world = await open();
      const undone = world.transact(async ({ commands }) => {
        await commands.authorise(anAuthorisation(anOrder()));
        throw new Error('no');
      });

      await expect(undone).rejects.toThrow('no');
      expect((await world.rows()).payments).toEqual([]);
      expect(await finishNext(world)).toBeNull();
    });
  });
}
