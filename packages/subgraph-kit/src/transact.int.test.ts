import { context, trace } from '@opentelemetry/api';
import { lockedSequence } from '@tally/events';
import { newId } from '@tally/kernel';
import { classifyDatabaseError, type Sql } from '@tally/messaging';
import { startTelemetry } from '@tally/runtime';
import { eventually, startFaultProxy } from '@tally/testkit';
import { describe, expect, inject, test } from 'vitest';
import { theOrdersTables } from '../test/orders-tables.ts';
import { createTransact, type Unit } from './transact.ts';

/** Numbers in a table: the stores of this subgraph. */
const numbersOn = (sql: Sql) => ({
  read: async (id: number) => (await sql.rows<{ value: number }>('SELECT value FROM number WHERE id = $1', [id]))[0]?.value ?? 0,
  write: (id: number, value: number) => sql.count('UPDATE number SET value = $2 WHERE id = $1', [id, value]),
});

async function aWorld(options: Parameters<typeof theOrdersTables>[0] = {}) {
  await using stack = new AsyncDisposableStack();
  const tables = stack.use(await theOrdersTables(options));
  const { statements, admin } = tables;
  /** The statement that was sent last when the relay was woken. */
  const woken: (string | undefined)[] = [];
  const transact = createTransact({
    client: tables.client,
    consumer: 'orders',
    stores: (_, sql) => ({ numbers: numbersOn(sql) }),
    wake: { signal: () => woken.push(statements.at(-1)) },
  });
  const owned = stack.move();
  return {
    ...tables,
    transact,
    woken,
    valueOf: (id: number) => admin.number('SELECT value FROM orders.number WHERE id = $1', [id]),
    queued: () => admin.rows('SELECT type, key, sequence, traceparent FROM orders.outbox ORDER BY id'),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The same over a proxy that, once told to, lets the next COMMIT through and swallows its answer. */
async function aWorldBehindAProxy() {
  await using stack = new AsyncDisposableStack();
  const proxy = stack.use(await startFaultProxy(inject('cluster').adminUrl));
  let losing = false;
  const world = stack.use(
    await aWorld({
      through: proxy.through,
      onStatement(text) {
        if (!losing || text !== 'COMMIT') return;
        losing = false;
        proxy.loseReplies();
      },
    }),
  );
  const owned = stack.move();
  return {
    ...world,
    proxy,
    loseNextCommit() {
      losing = true;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const anEvent = (sequence: number) => ({
  id: newId('evt'),
  topic: 'orders.order.v1',
  type: 'OrderPlaced',
  key: 'ord_1',
  sequence: lockedSequence(sequence),
  data: {},
});

describe('a unit of work', () => {
  test('is kept whole, and the relay is woken once, after the commit', async () => {
    await using world = await aWorld();

    const result = await world.transact(async ({ numbers, outbox }) => {
      await outbox.append(anEvent(1));
      await outbox.append(anEvent(2));
      await numbers.write(1, 7);
      return 'done';
    });

    expect(result).toBe('done');
    expect(await world.valueOf(1)).toBe(7);
    expect(await world.queued()).toHaveLength(2);
    expect(world.woken).toEqual(['COMMIT']);
  });

  test('that queues nothing wakes nobody', async () => {
    await using world = await aWorld();
    await world.transact(async ({ numbers, outbox }) => {
      await outbox.append();
      await numbers.write(1, 7);
    });
    expect(world.woken).toEqual([]);
  });

  test('that throws leaves nothing behind, wakes nobody and is not repeated', async () => {
    await using world = await aWorld();
    let runs = 0;
    const refusal = new Error('out of stock');

    const working = world.transact(async ({ numbers, outbox }) => {
      runs += 1;
      await outbox.append(anEvent(1));
      await numbers.write(1, 7);
      throw refusal;
    });

    await expect(working).rejects.toBe(refusal);
    expect([runs, await world.valueOf(1), await world.queued(), world.woken]).toEqual([1, 0, [], []]);
    expect(world.statements.at(-1)).toBe('ROLLBACK');
  });

  test('whose error a repeat does not cure runs once', async () => {
    await using world = await aWorld();
    let runs = 0;
    const working = world.transact(({ sql }) => {
      runs += 1;
      return sql.count('INSERT INTO number VALUES (1, 1)');
    });
    await expect(working).rejects.toThrow();
    expect(runs).toBe(1);
  });

  test('queues its events with the trace of whoever asked for it', async () => {
    await using _telemetry = startTelemetry({ service: 'test' });
    await using world = await aWorld();
    const span = trace.getTracer('test').startSpan('checkout');

    await context.with(trace.setSpan(context.active(), span), () => world.transact(({ outbox }) => outbox.append(anEvent(1))));

    const { traceId, spanId } = span.spanContext();
    expect(await world.queued()).toMatchObject([{ traceparent: `00-${traceId}-${spanId}-00` }]);
  });
});

type World = Awaited<ReturnType<typeof aWorld>>;
type Numbers = { readonly numbers: ReturnType<typeof numbersOn> };

/** A unit that loses a race in its first runs: what it has read changes under it. */
const losing =
  (world: World, races: number, seen: number[]) =>
  async ({ sql, numbers, outbox }: Unit & Numbers) => {
    await sql.count('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    const value = await numbers.read(1);
    seen.push(value);
    await outbox.append(anEvent(1));
    if (seen.length <= races) await world.admin.rows('UPDATE orders.number SET value = value + 10 WHERE id = 1');
    await numbers.write(1, value + 1);
  };

describe('a unit that can be cured', () => {
  test('runs again from a fresh read when it lost against another (40001), and counts once', async () => {
    await using telemetry = startTelemetry({ service: 'test' });
    await using world = await aWorld();
    const seen: number[] = [];

    await world.transact(losing(world, 2, seen));

    expect(seen).toEqual([0, 10, 20]);
    expect(await world.valueOf(1)).toBe(21);
    expect(await world.queued()).toHaveLength(1);
    expect(world.woken).toEqual(['COMMIT']);
    expect(await telemetry.metrics()).toMatch(/^db_retries_total\{.*class="retry".*\} 2/m);
  });

  test('is given up after five attempts, with the error of the database', async () => {
    await using world = await aWorld();
    const seen: number[] = [];

    await expect(world.transact(losing(world, 99, seen))).rejects.toMatchObject({ cause: { kind: 'TransactionWriteConflict' } });

    expect(seen).toHaveLength(5);
    expect([await world.queued(), world.woken]).toEqual([[], []]);
  });

  test('is given up after two seconds, however few the attempts', async () => {
    await using world = await aWorld();
    let runs = 0;
    const working = world.transact(async ({ sql }) => {
      runs += 1;
      await sql.rows('SELECT 1 AS slept FROM pg_sleep(1.1)');
      throw Object.assign(new Error('a row has changed'), { code: '40001' });
    });
    await expect(working).rejects.toThrow('a row has changed');
    expect(runs).toBe(2);
  });

  test('runs again after a deadlock (40P01); the other one is not touched', async () => {
    await using world = await aWorld();
    let arrived = 0;
    const both = Promise.withResolvers<undefined>();
    const runs: number[] = [];
    const crossing = (first: number, second: number) =>
      world.transact(async ({ sql }) => {
        runs.push(first);
        await sql.count('UPDATE number SET value = value + 1 WHERE id = $1', [first]);
        arrived += 1;
        if (arrived === 2) both.resolve(undefined);
        await both.promise;
        await sql.count('UPDATE number SET value = value + 1 WHERE id = $1', [second]);
      });

    await Promise.all([crossing(1, 2), crossing(2, 1)]);

    expect([await world.valueOf(1), await world.valueOf(2), runs.length]).toEqual([2, 2, 3]);
  });

  test('runs again when its connection is lost between two statements', async () => {
    await using world = await aWorld();
    let runs = 0;

    await world.transact(async ({ numbers, outbox }) => {
      runs += 1;
      await numbers.write(1, runs);
      if (runs === 1) expect(await world.terminate()).toBe(1);
      await outbox.append(anEvent(1));
    });

    expect([runs, await world.valueOf(1), world.woken]).toEqual([2, 2, ['COMMIT']]);
  });

  test('runs again when its connection is lost at COMMIT', async () => {
    await using world = await aWorld();
    let runs = 0;

    await world.transact(async ({ numbers }) => {
      runs += 1;
      await numbers.write(1, runs);
      if (runs === 1) await world.terminate();
    });

    expect([runs, await world.valueOf(1)]).toEqual([2, 2]);
  });

  test.each([
    ['with a guard of its own runs again, and counts once', true, 2],
    ['without one is not repeated', false, 1],
  ])('whose COMMIT was done and never heard of: one %s', async (_, guarded, expectedRuns) => {
    await using world = await aWorldBehindAProxy();
    const eventId = newId('evt');
    let runs = 0;

    const running = world.transact(
      async ({ inbox, sql }) => {
        runs += 1;
        if (!guarded || (await inbox.firstSight(eventId))) await sql.count('UPDATE number SET value = value + 1 WHERE id = 1');
        if (runs === 1) world.loseNextCommit();
      },
      { guarded },
    );
    const outcome = running.then(
      () => 'done',
      (error: unknown) => classifyDatabaseError(error),
    );
    await eventually(async () => (await world.valueOf(1)) === 1);
    world.proxy.heal();

    expect([await outcome, runs]).toEqual([guarded ? 'done' : 'reconnect', expectedRuns]);
    expect(await world.valueOf(1)).toBe(1);
  });

  test('and has no guard runs again as well, as long as its COMMIT was not sent', async () => {
    await using world = await aWorld();
    let runs = 0;

    await world.transact(
      async ({ numbers }) => {
        runs += 1;
        await numbers.write(1, runs);
        if (runs === 1) await world.terminate();
        await numbers.write(2, runs);
      },
      { guarded: false },
    );

    expect([runs, await world.valueOf(1), await world.valueOf(2)]).toEqual([2, 2, 2]);
  });
});
