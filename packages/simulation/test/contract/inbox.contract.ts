import { newId } from '@tally/kernel';
import { describe, expect, test } from 'vitest';
import { held, type MessagingWorld } from './messaging-world.ts';

/** What an inbox promises, whatever it stands on. */
export function describeInbox(adapter: string, aWorld: () => Promise<MessagingWorld>): void {
  describe(`the inbox ${adapter}`, () => {
    test('sees an event once, and again after a rollback', async () => {
      await using world = await aWorld();
      const [event, other] = [newId('evt'), newId('evt')];
      const sight = (id: typeof event) => world.transact(({ inbox }) => inbox.firstSight(id));

      const failing = world.transact(async ({ inbox }) => {
        expect(await inbox.firstSight(event)).toBe(true);
        throw new Error('no effect after all');
      });
      await expect(failing).rejects.toThrow('no effect after all');

      expect([await sight(event), await sight(event), await sight(other)]).toEqual([true, false, true]);
    });

    test('sees an event twice in one transaction as a repeat', async () => {
      await using world = await aWorld();
      const event = newId('evt');

      const sights = await world.transact(async ({ inbox }) => [await inbox.firstSight(event), await inbox.firstSight(event)]);

      expect(sights).toEqual([true, false]);
    });

    test('takes a parked event for new once it is redriven, and then never again', async () => {
      await using world = await aWorld();
      const event = newId('evt');
      await world.parkInInbox(event);
      const sight = () => world.transact(({ inbox }) => inbox.firstSight(event));

      expect([await sight(), await sight()]).toEqual([true, false]);
    });

    test.each([
      ['commits', false],
      ['rolls back', true],
    ] as const)('has a second delivery wait for the first; when that %s, it knows', async (end, isNew) => {
      await using world = await aWorld();
      const event = newId('evt');
      const first = held(world, ({ inbox }) => inbox.firstSight(event));
      await first.open;

      const second = world.transact(({ inbox }) => inbox.firstSight(event));
      await world.somebodyWaits();
      await (end === 'commits' ? first.commit() : first.rollBack());

      expect(await second).toBe(isNew);
    });
  });
}
