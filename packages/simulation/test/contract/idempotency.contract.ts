import { IdempotencyInProgressError } from '@tally/subgraph-kit';
import { describe, expect, test } from 'vitest';
import { held, type MessagingWorld } from './messaging-world.ts';

/** What idempotency keys promise, whatever they stand on. */
export function describeIdempotency(adapter: string, aWorld: () => Promise<MessagingWorld>): void {
  describe(`an idempotency key ${adapter}`, () => {
    test('that is free stands for nothing; claimed and recorded, for its result, to everybody of its scope', async () => {
      await using world = await aWorld();

      await world.transact(async ({ idempotency }) => {
        expect(await idempotency.find('usr_1', 'checkout', 'key')).toBeNull();
        expect(await idempotency.claim('usr_1', 'checkout', 'key', 'f1')).toBe('claimed');
        await idempotency.record('usr_1', 'checkout', 'key', { orderId: 'ord_1', none: undefined });
      });

      await world.transact(async ({ idempotency }) => {
        const recorded = { fingerprint: 'f1', result: { orderId: 'ord_1' } };
        expect(await idempotency.find('usr_1', 'checkout', 'key')).toEqual(recorded);
        expect(await idempotency.claim('usr_1', 'checkout', 'key', 'f2', 'other')).toEqual(recorded);
        expect(await idempotency.find('usr_2', 'checkout', 'key')).toBeNull();
        expect(await idempotency.claim('usr_2', 'checkout', 'key', 'f1')).toBe('claimed');
        expect(await idempotency.claim('usr_1', 'cancel', 'key', 'f1')).toBe('claimed');
      });
    });

    test('may be claimed with its result at once', async () => {
      await using world = await aWorld();
      await world.transact(({ idempotency }) => idempotency.claim('usr_1', 'checkout', 'key', 'f1', ['ord_1']));

      const found = await world.transact(({ idempotency }) => idempotency.find('usr_1', 'checkout', 'key'));

      expect(found).toEqual({ fingerprint: 'f1', result: ['ord_1'] });
    });

    test('whose transaction rolls back is free again', async () => {
      await using world = await aWorld();
      const failing = world.transact(async ({ idempotency }) => {
        await idempotency.claim('usr_1', 'checkout', 'key', 'f1');
        throw new Error('no order after all');
      });
      await expect(failing).rejects.toThrow('no order after all');

      expect(await world.transact(({ idempotency }) => idempotency.claim('usr_1', 'checkout', 'key', 'f2'))).toBe('claimed');
    });

    test('that was not claimed cannot be recorded', async () => {
      await using world = await aWorld();

      const recording = world.transact(({ idempotency }) => idempotency.record('usr_1', 'checkout', 'key', {}));

      await expect(recording).rejects.toThrow('claim comes first');
    });

    test('that another request holds is waited for: it answers when that one commits', async () => {
      await using world = await aWorld();
      const first = held(world, ({ idempotency }) => idempotency.claim('usr_1', 'checkout', 'key', 'f1', 'ord_1'));
      await first.open;

      const second = world.transact(({ idempotency }) => idempotency.claim('usr_1', 'checkout', 'key', 'f1'));
      await world.somebodyWaits();
      await first.commit();

      expect(await second).toEqual({ fingerprint: 'f1', result: 'ord_1' });
    });

    test('that another request held and gave back by a rollback belongs to whoever waited', async () => {
      await using world = await aWorld();
      const first = held(world, ({ idempotency }) => idempotency.claim('usr_1', 'checkout', 'key', 'f1', 'ord_1'));
      await first.open;

      const second = world.transact(({ idempotency }) => idempotency.claim('usr_1', 'checkout', 'key', 'f2', 'ord_2'));
      await world.somebodyWaits();
      await first.rollBack();

      expect(await second).toBe('claimed');
    });

    test('that stays held ends in a request to come again; the transaction is over', async () => {
      await using world = await aWorld();
      const first = held(world, ({ idempotency }) => idempotency.claim('usr_1', 'checkout', 'key', 'f1'));
      await first.open;

      const after: unknown[] = [];
      const second = world.transact(async ({ idempotency }) => {
        await idempotency.claim('usr_1', 'checkout', 'key', 'f1').catch((error: unknown) => after.push(error));
        await idempotency.find('usr_1', 'checkout', 'other').catch((error: unknown) => after.push(error));
        throw new Error('rolled back');
      });
      await expect(second).rejects.toThrow('rolled back');
      await first.commit();

      expect(after[0]).toBeInstanceOf(IdempotencyInProgressError);
      expect(after[1]).toMatchObject({ code: '25P02' });
    });
  });
}
