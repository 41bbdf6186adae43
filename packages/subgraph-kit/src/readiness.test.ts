import type { DependencyState } from '@tally/runtime';
import { expect, test } from 'vitest';
import { createReadiness } from './readiness.ts';

/** A database that answers as told, and how often it was asked. */
function aDatabase() {
  const world = { answer: (): Promise<DependencyState> => Promise.resolve('ok'), asked: 0, draining: false };
  const database = () => {
    world.asked += 1;
    return world.answer();
  };
  return { world, database };
}

const away = () => Promise.reject(new Error('connect ECONNREFUSED'));
const down = () => Promise.resolve('down' as const);

function aReadiness(options: { freshForMs?: number; timeoutMs?: number } = {}) {
  const { world, database } = aDatabase();
  const others = () => ({ provider: 'degraded' as const });
  const ready = createReadiness({ database, others }, { draining: () => world.draining, freshForMs: 0, ...options });
  return { world, ready };
}

test.each([
  ['throws', away],
  ['says that it is down', down],
])('a subgraph whose database %s is unready after three failures in a row, and ready with the next answer', async (_, failing) => {
  const { world, ready } = aReadiness();
  world.answer = failing;

  expect(await ready()).toEqual({ ready: true, dependencies: { database: 'down', provider: 'degraded' } });
  expect((await ready()).ready).toBe(true);
  expect((await ready()).ready).toBe(false);
  expect((await ready()).ready).toBe(false);
  world.answer = () => Promise.resolve('ok');
  expect(await ready()).toEqual({ ready: true, dependencies: { database: 'ok', provider: 'degraded' } });
});

test('failures that are not in a row do not add up', async () => {
  const { world, ready } = aReadiness();
  for (const failing of [true, true, false, true, true]) {
    world.answer = failing ? away : () => Promise.resolve('ok');
    expect((await ready()).ready).toBe(true);
  }
});

test('a database that does not answer in time has failed', async () => {
  const { world, ready } = aReadiness({ timeoutMs: 5 });
  world.answer = () => new Promise(() => undefined);
  expect((await ready()).dependencies).toMatchObject({ database: 'down' });
});

test('while draining it is unready, and the database is left alone', async () => {
  const { world, ready } = aReadiness();
  world.draining = true;
  expect(await ready()).toEqual({ ready: false, dependencies: { provider: 'degraded' } });
  expect(world.asked).toBe(0);
});

test('whoever asks while a question is open, or soon after, shares its answer', async () => {
  const { world, ready } = aReadiness({ freshForMs: 60_000 });
  world.answer = down;
  await Promise.all([ready(), ready(), ready()]);
  expect(await ready()).toMatchObject({ ready: true });
  expect(world.asked).toBe(1);
});
