import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import type { Round } from '../use-cases/deliver-mails.ts';
import { startMailWorker } from './deliver-mails.ts';

const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A worker of four whose rounds end as they are told to; without word, nothing was due. */
function aWorker(...ends: (Round | Error)[]) {
  const limits: number[] = [];
  const pauses: number[] = [];
  const worker = startMailWorker({
    deliverMails: async (limit) => {
      limits.push(limit);
      const end = ends.shift() ?? { claimed: 0, serverAway: false };
      if (end instanceof Error) throw end;
      return end;
    },
    concurrency: 4,
    pollMs: 60_000,
    pauseMs: (rounds) => rounds,
    onPause: (pauseMs) => pauses.push(pauseMs),
    logger,
  });
  return { worker, limits, pauses };
}

test('it looks at its start and goes on while rounds are full', async () => {
  const { worker, limits } = aWorker(
    { claimed: 4, serverAway: false },
    { claimed: 4, serverAway: false },
    { claimed: 1, serverAway: false },
  );
  await eventually(() => expect(limits).toEqual([4, 4, 4]));
  await worker[Symbol.asyncDispose]();
  expect(limits).toEqual([4, 4, 4]);
});

test('a wake-up makes it look again', async () => {
  const { worker, limits } = aWorker();
  await eventually(() => expect(limits).toHaveLength(1));
  worker.wake();
  await eventually(() => expect(limits).toHaveLength(2));
  await worker[Symbol.asyncDispose]();
});

test('a server that takes nothing makes it pause longer and longer, with one mail in between, until one gets through', async () => {
  const away: Round = { claimed: 1, serverAway: true };
  const { worker, limits, pauses } = aWorker({ claimed: 4, serverAway: true }, away, away, { claimed: 1, serverAway: false });
  worker.wake();
  await eventually(() => expect(limits).toEqual([4, 1, 1, 1, 4]));
  await worker[Symbol.asyncDispose]();
  expect(pauses).toEqual([1, 2, 3]);
});

test('a round that failed is made up for by the next wake-up', async () => {
  const { worker, limits } = aWorker(new Error('away'));
  await eventually(() => expect(limits).toHaveLength(1));
  worker.wake();
  await eventually(() => expect(limits).toEqual([4, 4]));
  await worker[Symbol.asyncDispose]();
});

test('disposal waits for the round at hand and begins no other', async () => {
  const { promise, resolve } = Promise.withResolvers<Round>();
  let rounds = 0;
  const worker = startMailWorker({
    deliverMails: () => {
      rounds += 1;
      return promise;
    },
    concurrency: 1,
    pollMs: 60_000,
    pauseMs: () => 60_000,
    onPause: () => undefined,
    logger,
  });
  await eventually(() => expect(rounds).toBe(1));
  worker.wake();
  const stopped = worker[Symbol.asyncDispose]().then(() => 'stopped');
  resolve({ claimed: 1, serverAway: true });

  expect(await stopped).toBe('stopped');
  expect(rounds).toBe(1);
});

test('disposal ends a pause', async () => {
  const { worker, limits } = aWorker({ claimed: 4, serverAway: true });
  await eventually(() => expect(limits.length).toBeGreaterThan(0));
  await worker[Symbol.asyncDispose]();
});
