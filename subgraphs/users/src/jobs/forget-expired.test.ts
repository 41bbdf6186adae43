import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startForgetExpired } from './forget-expired.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const silent = { warn: () => undefined };

test('it sweeps every ten minutes, more or less, and goes on after a failure', async () => {
  const sweeps: number[] = [];
  const warnings: unknown[] = [];
  const begun = Date.now();
  await using _job = startForgetExpired(
    () => {
      sweeps.push((Date.now() - begun) / 60_000);
      return sweeps.length === 1 ? Promise.reject(new Error('away')) : Promise.resolve();
    },
    { warn: (fields: object) => warnings.push(fields) },
  );

  await vi.advanceTimersByTimeAsync(33 * 60_000);

  expect(sweeps).toHaveLength(3);
  expect(sweeps[0]).toBeGreaterThanOrEqual(9);
  expect(sweeps[0]).toBeLessThanOrEqual(11);
  expect(warnings).toHaveLength(1);
});

test('nothing runs after disposal, which waits for the sweep at hand', async () => {
  let sweeps = 0;
  const open: (() => void)[] = [];
  const job = startForgetExpired(() => {
    sweeps += 1;
    return new Promise((resolve) => open.push(resolve));
  }, silent);
  await vi.advanceTimersByTimeAsync(11 * 60_000);

  const state = { disposed: false };
  const disposal = job[Symbol.asyncDispose]().then(() => {
    state.disposed = true;
  });
  await vi.advanceTimersByTimeAsync(60 * 60_000);
  expect(state.disposed).toBe(false);
  open[0]?.();
  await disposal;
  await vi.advanceTimersByTimeAsync(60 * 60_000);

  expect(sweeps).toBe(1);
});
