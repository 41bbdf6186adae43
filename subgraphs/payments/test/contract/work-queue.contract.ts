import { newId } from '@tally/kernel';
import { describe, expect, test } from 'vitest';
import type { Work } from '../../src/domain/operation.ts';
import {
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

/** The sentences that every adapter of the work queue must pass. */
export function workQueueContract(name: string, open: () => Promise<StoresWorld>): void {
  describe(`work queue: ${name}`, () => {
    const some = async (world: StoresWorld, count: number) => {
      const orders = Array.from({ length: count }, anOrder);
      for (const orderId of orders) {
        await authorise(world, anAuthorisation(orderId));
        await world.pass(10);
      }
      return orders;
    };
    const one = async (world: StoresWorld): Promise<Work> => {
      const [work] = await world.queue.claim('CALLS', 1, leaseMs);
      return work ?? expect.unreachable('nothing is due');
    };

    test('claims at once give each operation out once', async () => {
      await using world = await open();
      const orders = await some(world, 20);

      const claims = await Promise.all(Array.from({ length: 6 }, () => world.queue.claim('CALLS', 5, leaseMs)));

      const given = claims.flat().map(({ payment }) => payment.orderId);
      expect(new Set(given).size).toBe(given.length);
      const rest = await world.queue.claim('CALLS', 100, leaseMs);
      expect([...given, ...rest.map(({ payment }) => payment.orderId)].toSorted()).toEqual(orders.toSorted());
    });

    test('what has been due longest is given out first, and no more than asked for', async () => {
      await using world = await open();
      const orders = await some(world, 4);
      const claim = async (limit: number) => (await world.queue.claim('CALLS', limit, leaseMs)).map(({ payment }) => payment.orderId);

      expect([await claim(3), await claim(3), await claim(3)]).toEqual([orders.slice(0, 3), orders.slice(3), []]);
    });

    test('calls and enquiries are two queues', async () => {
      await using world = await open();
      await some(world, 3);
      expect(await world.queue.claim('ENQUIRIES', 10, leaseMs)).toEqual([]);
      const states = ['READY', 'ENQUIRE', 'AWAITING_BUYER'] as const;
      for (const [at, work] of (await world.queue.claim('CALLS', 10, leaseMs)).entries()) {
        await settle(world, work, settlementOf(work, { state: states[at] ?? 'DONE' }));
      }

      expect((await world.queue.claim('ENQUIRIES', 10, leaseMs)).map(({ operation }) => operation.state)).toEqual([
        'ENQUIRE',
        'AWAITING_BUYER',
      ]);
      expect((await world.queue.claim('CALLS', 10, leaseMs)).map(({ operation }) => operation.state)).toEqual(['READY']);
    });

    test('of a payment one operation is out at a time, in the order in which they came', async () => {
      await using world = await open();
      const [orderId] = await some(world, 1);
      if (orderId === undefined) return expect.unreachable();
      await capture(world, orderId);
      await refund(world, orderId, 400);

      const first = await one(world);
      expect(await world.queue.claim('CALLS', 10, leaseMs)).toEqual([]);
      await settle(world, first, settlementOf(first, { state: 'DONE' }, { payment: movedTo({ status: 'AUTHORISED' }) }));
      expect(await finishNext(world)).toBe('CAPTURE');
      expect(await finishNext(world)).toBe('REFUND');
      expect(await finishNext(world)).toBeNull();
    });

    test('what waits for a person holds up what came after it', async () => {
      await using world = await open();
      const [orderId] = await some(world, 1);
      if (orderId === undefined) return expect.unreachable();
      await capture(world, orderId);
      const work = await one(world);
      await settle(world, work, settlementOf(work, { state: 'PARKED' }));

      await world.pass(60_000);
      expect(await world.queue.claim('CALLS', 10, leaseMs)).toEqual([]);
      expect(await world.queue.claim('ENQUIRIES', 10, leaseMs)).toEqual([]);
    });

    test('an operation is given out with its payment and refund, and with what waits and what is spoken for', async () => {
      await using world = await open();
      const orderId = anOrder();
      const row = anAuthorisation(orderId);
      await authorise(world, row);
      await undo(world, orderId);
      const work = await one(world);
      expect(work).toMatchObject({
        operation: { commandId: row.commandId, kind: 'AUTHORISE', call: 'AUTHORISE', state: 'READY', refund: null, tries: 0 },
        payment: { orderId, buyerId: row.buyerId, status: 'PENDING', amount: { amount: 1_000, currency: 'EUR' }, action: null },
        fence: 1,
        interrupted: false,
        voidWaits: true,
        spokenFor: 0,
        trace: { traceparent: null, tracestate: null },
      });
      await settle(world, work, settlementOf(work, { state: 'DONE' }, { payment: movedTo({ status: 'CAPTURED', captured: 1_000 }) }));
      await finishNext(world);
      const [first, second] = [newId('ref'), newId('ref')];
      await refund(world, orderId, 300, first);
      await refund(world, orderId, 400, second);

      expect(await one(world)).toMatchObject({
        operation: { kind: 'REFUND', refund: { id: first, status: 'PENDING', amount: { amount: 300, currency: 'EUR' } } },
        payment: { status: 'CAPTURED', captured: 1_000, providerRef: 'auth_1' },
        voidWaits: false,
        spokenFor: 400,
      });
    });

    test('a lease that ran out is found by an enquiry, and the old fence can write nothing any more', async () => {
      await using world = await open();
      await some(world, 1);
      const old = await one(world);
      expect(await world.queue.openAttempt(old, 'AUTHORISE')).toBe(1);
      await world.pass(leaseMs - 5_000);
      expect(await world.queue.claim('ENQUIRIES', 10, leaseMs)).toEqual([]);
      await world.pass(5_001);

      expect(await world.queue.claim('CALLS', 10, leaseMs)).toEqual([]);
      const [taken] = await world.queue.claim('ENQUIRIES', 10, leaseMs);
      expect(taken).toMatchObject({ fence: 2, interrupted: true });

      expect(await world.queue.openAttempt(old, 'AUTHORISE')).toBeNull();
      await world.queue.renew([old], 60_000);
      const late = settlementOf(old, { state: 'DONE' }, { payment: movedTo({ status: 'AUTHORISED' }) });
      const attempt = { number: 1, latencyMs: 1, outcome: 'SUCCEEDED', providerRef: 'auth_1', errorCode: null } as const;
      expect(await world.transact(({ settlements }) => settlements.write(old, late, attempt))).toBeNull();
      expect(await world.rows()).toMatchObject({
        payments: [{ status: 'PENDING' }],
        operations: [{ state: 'READY', fence: 2 }],
        attempts: [{ outcome: 'STARTED' }],
      });
      await world.pass(leaseMs + 1);
      expect(await world.queue.claim('ENQUIRIES', 10, leaseMs)).toMatchObject([{ fence: 3 }]);
    });

    test('an expired lease is taken over by one, however many look', async () => {
      await using world = await open();
      await some(world, 5);
      await world.queue.claim('CALLS', 10, leaseMs);
      await world.pass(leaseMs + 1);

      const claims = await Promise.all(Array.from({ length: 5 }, () => world.queue.claim('ENQUIRIES', 3, leaseMs)));

      const given = claims.flat();
      expect(new Set(given.map(({ payment }) => payment.id)).size).toBe(given.length);
      expect(given.map(({ fence, interrupted }) => [fence, interrupted])).toEqual(given.map(() => [2, false]));
      expect(given.length + (await world.queue.claim('ENQUIRIES', 10, leaseMs)).length).toBe(5);
    });

    test('a lease is renewed as long as it holds, and not afterwards', async () => {
      await using world = await open();
      await some(world, 2);
      const [kept, lost] = await world.queue.claim('CALLS', 2, leaseMs);
      if (kept === undefined || lost === undefined) return expect.unreachable();
      await world.pass(leaseMs - 5_000);
      await world.queue.renew([kept], leaseMs);
      await world.pass(10_000);
      await world.queue.renew([kept, lost], leaseMs);
      await world.queue.renew([], leaseMs);

      const taken = await world.queue.claim('ENQUIRIES', 10, leaseMs);
      expect(taken.map(({ payment }) => payment.id)).toEqual([lost.payment.id]);
      expect(await world.queue.openAttempt(kept, 'AUTHORISE')).toBe(1);
      expect(await world.queue.openAttempt(lost, 'AUTHORISE')).toBeNull();
    });

    test('a lease that is over is not renewed, whether or not somebody has taken it', async () => {
      await using world = await open();
      await some(world, 1);
      const work = await one(world);
      await world.pass(leaseMs + 1);
      await world.queue.renew([work], leaseMs);

      expect(await world.queue.openAttempt(work, 'AUTHORISE')).toBeNull();
      expect(await world.queue.claim('ENQUIRIES', 10, leaseMs)).toHaveLength(1);
    });

    test('a process that is alone takes over everything at once', async () => {
      await using world = await open();
      await some(world, 3);
      const held = await world.queue.claim('CALLS', 2, leaseMs);
      await world.queue.takeOver();
      await world.pass(1);

      expect((await world.queue.claim('ENQUIRIES', 10, leaseMs)).map(({ payment }) => payment.id)).toEqual(
        held.map(({ payment }) => payment.id),
      );
      expect(kindsOf(await world.queue.claim('CALLS', 10, leaseMs))).toEqual(['AUTHORISE']);
    });

    test('attempts are numbered per payment, and one that was left open ends as unknown', async () => {
      await using world = await open();
      await some(world, 1);
      const first = await one(world);
      expect(await world.queue.openAttempt(first, 'AUTHORISE')).toBe(1);
      await world.pass(leaseMs + 1);
      const [second] = await world.queue.claim('ENQUIRIES', 1, leaseMs);
      if (second === undefined) return expect.unreachable();

      expect(await world.queue.openAttempt(second, 'ENQUIRE')).toBe(2);
      expect((await world.rows()).attempts).toMatchObject([
        { number: 1, operation: 'AUTHORISE', outcome: 'UNKNOWN', errorCode: 'INTERRUPTED' },
        { number: 2, operation: 'ENQUIRE', outcome: 'STARTED', errorCode: null },
      ]);
    });
  });
}
