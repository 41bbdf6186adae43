import { lockedSequence } from '@tally/events';
import { newId } from '@tally/kernel';
import { mostAttempts } from '@tally/messaging';
import { describe, expect, test } from 'vitest';
import { held, type MessagingWorld, type Ports } from './messaging-world.ts';

const write = ({ outbox }: Ports, key: string, ...sequences: readonly number[]) =>
  outbox.append(
    ...sequences.map((sequence) => ({
      ...{ id: newId('evt'), topic: 'tested.v1', type: 'Tested', key, data: { sequence } },
      sequence: lockedSequence(sequence),
    })),
  );

const seen = async ({ relayed }: MessagingWorld, limit = 100) =>
  (await relayed.readUnpublished(limit)).map(({ key, sequence }) => `${key} ${sequence}`);

/** What the relay of an outbox relies on, whatever it stands on. */
export function describeOutboxRows(adapter: string, aWorld: () => Promise<MessagingWorld>): void {
  describe(`the outbox as its relay sees it, ${adapter}`, () => {
    test('gives committed rows in the order of their ids, whole, and no more than were asked for', async () => {
      await using world = await aWorld();
      const slow = held(world, (ports) => write(ports, 'slow', 1));
      await slow.open;
      await world.transact((ports) => write(ports, 'a', 1, 2));

      const before = await seen(world);
      await slow.commit();

      expect(before).toEqual(['a 1', 'a 2']);
      expect(await seen(world)).toEqual(['slow 1', 'a 1', 'a 2']);
      expect(await seen(world, 2)).toEqual(['slow 1', 'a 1']);
      const [first] = await world.relayed.readUnpublished(1);
      expect(first).toMatchObject({ topic: 'tested.v1', type: 'Tested', payload: '{"sequence":1}', traceparent: null, tracestate: null });
      expect(first?.eventId).toMatch(/^evt_[0-9a-f]{32}$/);
      expect(first?.time).toBeInstanceOf(Date);
    });

    test('does not give again what is marked', async () => {
      await using world = await aWorld();
      await world.transact((ports) => write(ports, 'a', 1, 2, 3));

      await world.relayed.markPublished(await world.relayed.readUnpublished(2));

      expect(await seen(world)).toEqual(['a 3']);
      expect((await world.outboxRows()).map(({ isPublished }) => isPublished)).toEqual([true, true, false]);
    });

    test('keeps a row that is refused too often, and later ones of its key behind it; others go on', async () => {
      await using world = await aWorld();
      await world.transact((ports) => write(ports, 'a', 1));
      await world.transact((ports) => write(ports, 'b', 1));
      await world.transact((ports) => write(ports, 'a', 2));
      const [refused] = await world.relayed.readUnpublished(1);
      if (refused === undefined) throw new Error('nothing to refuse');

      const counted = [];
      for (let tries = 0; tries < mostAttempts; tries += 1) counted.push(await world.relayed.countRefusal(refused));

      expect(counted).toEqual([1, 2, 3, 4, 5].map((attempts) => ({ attempts, parked: attempts === mostAttempts })));
      expect(await seen(world)).toEqual(['b 1']);
    });
  });
}
