import { lockedSequence, type OutgoingEvent } from '@tally/events';
import { newId } from '@tally/kernel';
import { classifyDatabaseError } from '@tally/messaging';
import { describe, expect, test } from 'vitest';
import { held, type MessagingWorld } from './messaging-world.ts';

const event = (key: string, sequence: number, data: unknown = {}): OutgoingEvent => ({
  ...{ id: newId('evt'), topic: 'tested.v1', type: 'Tested', key, data },
  sequence: lockedSequence(sequence),
});

/** What an outbox promises, whatever it stands on. */
export function describeOutbox(adapter: string, aWorld: () => Promise<MessagingWorld>): void {
  describe(`the outbox ${adapter}`, () => {
    test('holds what was appended in its order, exactly if the transaction commits', async () => {
      await using world = await aWorld();
      const failing = world.transact(async ({ outbox }) => {
        await outbox.append(event('a', 1));
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');

      await world.transact(async ({ outbox }) => {
        await outbox.append();
        await outbox.append(event('b', 1, { text: 'ü\n"' }), event('a', 1, { list: [1, null] }));
        await outbox.append(event('a', 2));
      });

      const rest = { topic: 'tested.v1', type: 'Tested', attempts: 0, isPublished: false };
      expect(await world.outboxRows()).toEqual([
        { ...rest, key: 'b', sequence: 1, payload: '{"text":"ü\\n\\""}' },
        { ...rest, key: 'a', sequence: 1, payload: '{"list":[1,null]}' },
        { ...rest, key: 'a', sequence: 2, payload: '{}' },
      ]);
    });

    test('gives ids at the insert: what is committed first may stand behind what is committed later', async () => {
      await using world = await aWorld();
      const slow = held(world, ({ outbox }) => outbox.append(event('slow', 1)));
      await slow.open;
      await world.transact(({ outbox }) => outbox.append(event('quick', 1)));

      const before = await world.outboxRows();
      await slow.commit();

      expect(before.map(({ key }) => key)).toEqual(['quick']);
      expect((await world.outboxRows()).map(({ key }) => key)).toEqual(['slow', 'quick']);
    });

    test('refuses a number of a stream that is taken, with everything else of that transaction', async () => {
      await using world = await aWorld();
      await world.transact(({ outbox }) => outbox.append(event('a', 1)));

      const again = world.transact(({ outbox }) => outbox.append(event('b', 1), event('a', 1)));

      expect(classifyDatabaseError(await again.catch((error: unknown) => error))).toBe('result');
      expect(await world.outboxRows()).toHaveLength(1);
    });

    test('has a number of a stream wait for whoever has it open', async () => {
      await using world = await aWorld();
      const first = held(world, ({ outbox }) => outbox.append(event('a', 1)));
      await first.open;

      const second = world.transact(({ outbox }) => outbox.append(event('a', 1, { second: true })));
      await world.somebodyWaits();
      await first.rollBack();
      await second;

      expect((await world.outboxRows()).map(({ payload }) => payload)).toEqual(['{"second":true}']);
    });

    test('refuses an event that was queued before', async () => {
      await using world = await aWorld();
      const once = event('a', 1);
      await world.transact(({ outbox }) => outbox.append(once));

      const again = world.transact(({ outbox }) => outbox.append({ ...once, sequence: lockedSequence(2) }));

      expect(classifyDatabaseError(await again.catch((error: unknown) => error))).toBe('result');
    });
  });
}
