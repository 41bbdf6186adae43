import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openLoop } from './open-load.ts';

const even = (): number => 1 - Math.exp(-1);

test('arrivals come at their rate, whatever became of those before them', async () => {
  let [open, most] = [0, 0];

  const { arrivals } = await openLoop({ perSecond: 200, durationMs: 300, random: even }, async () => {
    most = Math.max(most, ++open);
    await pause(100);
    open--;
  });

  expect(arrivals.length).toBeGreaterThanOrEqual(58);
  expect(arrivals.length).toBeLessThanOrEqual(60);
  expect(most).toBeGreaterThan(5);
});

test('a stall is charged to everybody who was due meanwhile', async () => {
  let first = true;

  const { arrivals } = await openLoop({ perSecond: 100, durationMs: 200, random: even }, () => {
    const until = performance.now() + (first ? 100 : 0);
    first = false;
    while (performance.now() < until);
    return Promise.resolve();
  });

  expect(arrivals.filter(({ latencyMs }) => latencyMs > 40).length).toBeGreaterThanOrEqual(5);
});

test('a load without hope ends early, and what is under way is waited for', async () => {
  let answered = 0;

  const { arrivals, endedEarly } = await openLoop(
    { perSecond: 1_000, durationMs: 60_000, random: even, hopeless: ({ sent }) => sent >= 10 },
    async () => {
      await pause(20);
      answered++;
    },
  );

  expect(endedEarly).toBe(true);
  expect(arrivals).toHaveLength(10);
  expect(answered).toBe(10);
});

test('the first failure ends the load', async () => {
  await expect(
    openLoop({ perSecond: 1_000, durationMs: 60_000, random: even }, () => Promise.reject(new Error('no answer'))),
  ).rejects.toThrow('no answer');
});
