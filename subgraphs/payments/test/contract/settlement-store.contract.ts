import { newId } from '@tally/kernel';
import { describe, expect, test } from 'vitest';
import type { Work } from '../../src/domain/operation.ts';
import {
  anAuthorisation,
  anOrder,
  authorise,
  capture,
  finishNext,
  leaseMs,
  movedTo,
  refund,
  settle,
  settlementOf,
  type StoresWorld,
} from './stores-world.ts';

/** The sentences that every adapter of the settlement store must pass. */
export function settlementStoreContract(name: string, open: () => Promise<StoresWorld>): void {
  describe(`settlement store: ${name}`, () => {
    const held = async (world: StoresWorld, orderId = anOrder()): Promise<Work> => {
      await authorise(world, anAuthorisation(orderId));
      const [work] = await world.queue.claim('CALLS', 1, leaseMs);
      return work ?? expect.unreachable('nothing is due');
    };
    const done = (work: Work) => settlementOf(work, { state: 'DONE' }, { payment: movedTo({ status: 'AUTHORISED' }) });

    test('operation, payment and attempt are written together, and the next operation is free', async () => {
      await using world = await open();
      const work = await held(world);
      await capture(world, work.payment.orderId);
      const number = (await world.queue.openAttempt(work, 'AUTHORISE')) ?? 0;
      const attempt = { number, latencyMs: 12, outcome: 'SUCCEEDED', providerRef: 'auth_1', errorCode: null } as const;

      expect(await world.transact(({ settlements }) => settlements.write(work, done(work), attempt))).toEqual({ othersWait: true });

      expect(await world.rows()).toMatchObject({
        payments: [{ status: 'AUTHORISED' }],
        operations: [{ state: 'DONE' }, { state: 'READY' }],
        attempts: [{ outcome: 'SUCCEEDED', latencyMs: 12 }],
      });
      expect(await finishNext(world)).toBe('CAPTURE');
    });

    test('a refund is written with its payment', async () => {
      await using world = await open();
      const first = await held(world);
      const { orderId } = first.payment;
      await settle(world, first, settlementOf(first, { state: 'DONE' }, { payment: movedTo({ status: 'CAPTURED', captured: 1_000 }) }));
      const refundId = newId('ref');
      await refund(world, orderId, 400, refundId);
      const [work] = await world.queue.claim('CALLS', 1, leaseMs);
      if (work === undefined) return expect.unreachable();

      const payment = movedTo({ status: 'PARTIALLY_REFUNDED', captured: 1_000, refunded: 400 });
      expect(await settle(world, work, settlementOf(work, { state: 'DONE' }, { payment, refund: 'SUCCEEDED' }))).toEqual({
        othersWait: false,
      });

      const { payments, refunds } = await world.rows();
      expect(payments).toMatchObject([{ status: 'PARTIALLY_REFUNDED', captured: 1_000, refunded: 400 }]);
      expect(refunds).toEqual([{ id: refundId, status: 'SUCCEEDED', amount: 400 }]);
    });

    test('a step that is not over is due when its pause is', async () => {
      await using world = await open();
      const work = await held(world);
      await settle(world, work, settlementOf(work, { state: 'READY', tries: 1, runInMs: 10_000 }));

      await world.pass(5_000);
      expect(await world.queue.claim('CALLS', 1, leaseMs)).toEqual([]);
      await world.pass(5_001);
      expect(await world.queue.claim('CALLS', 1, leaseMs)).toMatchObject([{ fence: 2, operation: { tries: 1, state: 'READY' } }]);
    });

    test('of two that hold other fences only the newer one writes', async () => {
      await using world = await open();
      const old = await held(world);
      await world.pass(leaseMs + 1);
      const [work] = await world.queue.claim('ENQUIRIES', 1, leaseMs);
      if (work === undefined) return expect.unreachable();
      const failed = settlementOf(old, { state: 'DONE' }, { payment: movedTo({ status: 'FAILED' }) });

      const [late, inTime] = await Promise.all([settle(world, old, failed), settle(world, work, done(work))]);

      expect([late, inTime]).toEqual([null, { othersWait: false }]);
      expect((await world.rows()).payments).toMatchObject([{ status: 'AUTHORISED' }]);
    });

    test('a step that was written is not written again under its fence, though it moved no payment', async () => {
      await using world = await open();
      const work = await held(world);
      const later = settlementOf(work, { state: 'READY', tries: 1, runInMs: 0 });

      expect(await settle(world, work, later)).toEqual({ othersWait: false });
      expect(await settle(world, work, later)).toBeNull();
    });

    test('a payment that is not as it was claimed is not written, and neither is the rest', async () => {
      await using world = await open();
      const work = await held(world);
      const mistaken = { ...work, payment: { ...work.payment, status: 'AUTHORISED' } } as const;
      const settlement = settlementOf(work, { state: 'DONE' }, { payment: movedTo({ status: 'CAPTURED', captured: 1_000 }) });

      await expect(settle(world, mistaken, settlement)).rejects.toThrow('is not any more');
      expect(await world.rows()).toMatchObject({ payments: [{ status: 'PENDING' }], operations: [{ state: 'READY' }] });
    });

    test('no more is ever recorded as captured than was asked for', async () => {
      await using world = await open();
      const work = await held(world);
      const settlement = settlementOf(work, { state: 'DONE' }, { payment: movedTo({ status: 'CAPTURED', captured: 1_001 }) });

      await expect(settle(world, work, settlement)).rejects.toThrow(/check/i);
      expect((await world.rows()).payments).toMatchObject([{ status: 'PENDING', captured: 0 }]);
    });

    test('the numbers of a stream come in a row, without a hole, from many at once and after a rollback', async () => {
      await using world = await open();
      const orderId = anOrder();
      const raise = (count: number) => world.transact(({ settlements }) => settlements.raise(orderId, count));
      const undone = world.transact(async ({ settlements }) => {
        await settlements.raise(orderId, 3);
        throw new Error('no');
      });

      await expect(undone).rejects.toThrow('no');
      const drawn = await Promise.all(Array.from({ length: 8 }, (_, at) => raise(1 + (at % 2))));

      for (const numbers of drawn) expect(numbers.map((number) => number - (numbers[0] ?? 0))).toEqual(numbers.map((_, at) => at));
      const all = drawn.flat().map(Number);
      expect(all.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
    });
  });
}
