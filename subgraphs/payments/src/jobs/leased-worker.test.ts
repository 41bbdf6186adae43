import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { startLeasedWorker } from './leased-worker.ts';

const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A queue of numbers and a worker whose jobs end when they are told to. */
function aWorker(
  options: { readonly concurrency?: number; readonly leaseMs?: number; readonly pollMs?: number; readonly fails?: boolean } = {},
) {
  const waiting: number[] = [];
  const claims: number[] = [];
  const renewed: number[] = [];
  const running = new Map<number, () => void>();
  const worker = startLeasedWorker<number>({
    name: 'test',
    concurrency: options.concurrency ?? 2,
    leaseMs: options.leaseMs ?? 30_000,
    pollMs: options.pollMs ?? 60_000,
    logger,
    claim: (limit) => {
      claims.push(limit);
      if (options.fails === true && claims.length === 1) return Promise.reject(new Error('away'));
      return Promise.resolve(waiting.splice(0, limit));
    },
    renew: (held) => {
      renewed.push(...held);
      return Promise.resolve();
    },
    work: (job) => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      running.set(job, () => {
        running.delete(job);
        resolve(undefined);
      });
      return promise;
    },
  });
  return { worker, waiting, claims, renewed, running };
}

test('no more jobs run than there is room for, and each end makes room for the next', async () => {
  const { worker, waiting, running } = aWorker();
  waiting.push(1, 2, 3);
  worker.wake();
  await eventually(() => expect([...running.keys()]).toEqual([1, 2]));
  running.get(1)?.();
  await eventually(() => expect([...running.keys()]).toEqual([2, 3]));
  for (const end of running.values()) end();
  await worker[Symbol.asyncDispose]();
});

test('a job with room to spare is found without asking twice', async () => {
  const { worker, waiting, running, claims } = aWorker();
  await eventually(() => expect(claims).toEqual([2]));
  waiting.push(1);
  worker.wake();
  await eventually(() => expect(running.size).toBe(1));
  running.get(1)?.();
  await worker[Symbol.asyncDispose]();
  expect(claims).toEqual([2, 2]);
});

test('disposal waits for what is held and claims no more', async () => {
  const { worker, waiting, running } = aWorker();
  waiting.push(1);
  worker.wake();
  await eventually(() => expect(running.size).toBe(1));
  waiting.push(2);
  const stopped = worker[Symbol.asyncDispose]().then(() => 'stopped');
  worker.wake();
  running.get(1)?.();
  expect(await stopped).toBe('stopped');
  expect(waiting).toEqual([2]);
});

test('a wake-up for later comes later', async () => {
  const { worker, waiting, running, claims } = aWorker();
  await eventually(() => expect(claims).toHaveLength(1));
  waiting.push(1);
  worker.wake(30);
  await eventually(() => expect(running.size).toBe(1));
  running.get(1)?.();
  await worker[Symbol.asyncDispose]();
});

test('a look that failed is made up for by the poll', async () => {
  const { worker, waiting, running } = aWorker({ fails: true, pollMs: 10 });
  waiting.push(1);
  await eventually(() => expect(running.size).toBe(1));
  running.get(1)?.();
  await worker[Symbol.asyncDispose]();
});

test('what takes longer than a third of its lease is renewed', async () => {
  const { worker, waiting, running, renewed } = aWorker({ leaseMs: 30 });
  waiting.push(7);
  worker.wake();
  await eventually(() => expect(renewed).toContain(7));
  running.get(7)?.();
  await worker[Symbol.asyncDispose]();
});
