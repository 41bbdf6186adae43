import { expect, test } from 'vitest';
import { highestHeld, searchHighestRate, type Probe } from './highest-rate.ts';

const upTo =
  (limit: number) =>
  (perSecond: number): Promise<Probe> =>
    Promise.resolve({ perSecond, held: perSecond <= limit });

test.each([7, 10, 23, 80])('a limit of %d per second is found within a tenth', async (limit) => {
  const probes = await searchHighestRate({ from: 10, raises: 8, halvings: 4 }, upTo(limit));

  const found = highestHeld(probes)?.perSecond ?? 0;
  expect(found).toBeLessThanOrEqual(limit);
  expect(found).toBeGreaterThan(limit * 0.9);
});

test('a rate that fails once is tried again', async () => {
  let failures = 0;

  const probes = await searchHighestRate({ from: 10, raises: 1, halvings: 0 }, (perSecond) =>
    Promise.resolve({ perSecond, held: failures++ > 0 }),
  );

  expect(highestHeld(probes)?.perSecond).toBe(15);
});

test('where nothing holds there is no highest rate', async () => {
  const probes = await searchHighestRate({ from: 10, raises: 2, halvings: 2 }, upTo(0));

  expect(highestHeld(probes)).toBeNull();
});
