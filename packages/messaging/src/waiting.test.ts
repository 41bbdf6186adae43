import { expect, test } from 'vitest';
import { createPermits } from './consumer/permits.ts';
import { createBell, jitteredPauseMs, pause, settlesWithin } from './waiting.ts';

test('a bell wakes who waits, and once who comes late', async () => {
  const bell = createBell();
  const waiting = bell.wait(60_000);
  bell.ring();
  await waiting;

  bell.ring();
  bell.ring();
  await bell.wait(60_000);
  expect(await settlesWithin(bell.wait(60_000), 5)).toBe(false);
  bell.ring();
});

test('a pause ends at once when its signal is aborted', async () => {
  const signal = new AbortController();
  const pausing = pause(60_000, signal.signal);
  signal.abort();
  await pausing;
  await pause(60_000, signal.signal);
});

test('pauses grow by doubling up to their limit and are spread over the whole range', () => {
  for (const [failures, most] of [
    [1, 50],
    [2, 100],
    [5, 800],
    [30, 5000],
  ] as const) {
    const pauses = Array.from({ length: 200 }, () => jitteredPauseMs(failures, 50, 5000));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(most);
    expect(Math.max(...pauses)).toBeGreaterThan(most / 2);
    expect(Math.min(...pauses)).toBeLessThan(most / 2);
  }
});

test('permits bound what runs at the same moment, and come back when work fails', async () => {
  const permits = createPermits(2);
  let running = 0;
  let most = 0;
  const work = (fails: boolean) =>
    permits.with(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      if (fails) throw new Error('failed');
    });
  const outcomes = await Promise.allSettled([true, false, true, false, true].map(work));

  expect(most).toBe(2);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(3);
});
