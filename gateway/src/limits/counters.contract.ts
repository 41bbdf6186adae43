import { newId } from '@tally/kernel';
import { eventually } from '@tally/testkit';
import { describe, expect, test } from 'vitest';
import type { Counters, Taking } from './counters.ts';

/** Counters that count together, with nothing taken yet; one where an adapter counts for one process. */
export interface CountersWorld extends AsyncDisposable {
  readonly counters: readonly [Counters, ...Counters[]];
}

/** What every adapter of counters keeps to. */
export function countersContract(name: string, open: () => Promise<CountersWorld>): void {
  describe(`counters: ${name}`, () => {
    /** An owner of its own per test: adapters may share what they count in. */
    const aTaking = (more: Partial<Taking> = {}): Taking => ({
      bucket: 'enter',
      owner: newId('usr'),
      points: 3,
      seconds: 60,
      attempts: [null],
      ...more,
    });

    test('points are given until there are none, then the milliseconds until the window ends', async () => {
      await using world = await open();
      const [counters] = world.counters;
      const taking = aTaking();

      const answers = [];
      for (let times = 0; times < 5; times += 1) answers.push(await counters.take(taking));

      expect(answers.slice(0, 3)).toEqual([null, null, null]);
      for (const waitMs of answers.slice(3)) {
        expect(waitMs).toBeGreaterThan(50_000);
        expect(waitMs).toBeLessThanOrEqual(60_000);
      }
    });

    test('owners do not share, nor do buckets', async () => {
      await using world = await open();
      const [counters] = world.counters;
      const taking = aTaking({ points: 1 });

      expect(await counters.take(taking)).toBeNull();
      expect(await counters.take({ ...taking, owner: newId('usr') })).toBeNull();
      expect(await counters.take({ ...taking, bucket: 'leave' })).toBeNull();
      expect(await counters.take(taking)).not.toBeNull();
    });

    test('several attempts take several points, which stay taken when they were too many', async () => {
      await using world = await open();
      const [counters] = world.counters;
      const taking = aTaking();

      expect(await counters.take({ ...taking, attempts: [null, null, null, null] })).not.toBeNull();
      expect(await counters.take(taking)).not.toBeNull();
    });

    test('a window ends, and the next attempt begins another', async () => {
      await using world = await open();
      const [counters] = world.counters;
      const taking = aTaking({ seconds: 1, points: 1, attempts: ['a'] });
      expect(await counters.take(taking)).toBeNull();
      expect(await counters.take({ ...taking, attempts: ['b'] })).not.toBeNull();

      await eventually(async () => (await counters.take({ ...taking, attempts: ['b'] })) === null);

      expect(await counters.take({ ...taking, attempts: ['b'] })).toBeNull();
      expect(await counters.take({ ...taking, attempts: ['a'] })).not.toBeNull();
    });

    test('a value is free when it comes again, whatever it consists of; what has none never is', async () => {
      await using world = await open();
      const [counters] = world.counters;
      const long = 'ä\n '.repeat(20_000);
      const taking = aTaking({ attempts: ['', long, `${long}!`, '', long] });

      expect(await counters.take(taking)).toBeNull();
      expect(await counters.take(taking)).toBeNull();
      expect(await counters.take({ ...taking, attempts: [null] })).not.toBeNull();
      expect(await counters.take({ ...taking, attempts: [long] })).toBeNull();
    });

    test('of attempts at once no more are let through than there are points', async () => {
      await using world = await open();
      const taking = aTaking({ points: 10 });
      const atOnce = Array.from({ length: 20 }, (_, n) => `value ${String(n)}`);

      const answers = await Promise.all(
        atOnce.flatMap((value) => world.counters.map((counters) => counters.take({ ...taking, attempts: [value] }))),
      );
      const through = await Promise.all(atOnce.map((value) => world.counters[0].take({ ...taking, attempts: [value] })));

      // Each value was asked for once per counter: repeats of what was let through are free, of what was refused they are not.
      expect(answers.filter((waitMs) => waitMs === null)).toHaveLength(10 * world.counters.length);
      expect(through.filter((waitMs) => waitMs === null)).toHaveLength(10);
    });
  });
}
