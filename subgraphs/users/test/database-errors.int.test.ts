import { classifyDatabaseError, type DatabaseErrorClass } from '@tally/messaging';
import { createLogger } from '@tally/runtime';
import { createTransact, prismaAdapter, sqlOf } from '@tally/subgraph-kit';
import { cloneDatabase, eventually, openSql } from '@tally/testkit';
import { describe, expect, test } from 'vitest';
import { PrismaClient, type Prisma } from '../src/generated/prisma/client.ts';

/**
 * What this system's generated clients throw, provoked on a real PostgreSQL: the classifier of @tally/messaging knows these shapes from fixtures, since
 * no package may import a generated client. Users stands for every subgraph.
 */
async function aClient({ connections = 5 } = {}) {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await cloneDatabase());
  const admin = stack.use(await openSql(database.adminUrl));
  await admin.rows('CREATE TABLE users.number (id int PRIMARY KEY, value int NOT NULL CHECK (value >= 0))');
  await admin.rows('INSERT INTO users.number VALUES (1, 0), (2, 0)');
  await admin.rows('GRANT ALL ON users.number TO users');
  await admin.rows(`INSERT INTO users.session_stream (user_id, sequence) VALUES ('${ada}', 1), ('${bob}', 1)`);
  const client = new PrismaClient({
    adapter: prismaAdapter({ url: database.urls.users.app, schema: 'users', maxConnections: connections }),
  });
  stack.defer(() => client.$disconnect());
  const sessions = `usename = 'users' AND datname = current_database()`;
  const owned = stack.move();
  return {
    client,
    sql: sqlOf(client),
    admin,
    terminate: async () => {
      const ended = await admin.rows(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${sessions}`);
      await eventually(async () => (await admin.number(`SELECT count(*) FROM pg_stat_activity WHERE ${sessions}`)) === 0);
      return ended.length;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const ada = '019b0000-0000-7000-8000-00000000000a';
const bob = '019b0000-0000-7000-8000-00000000000b';
type Tx = Prisma.TransactionClient;
type World = Awaited<ReturnType<typeof aClient>>;

async function expectClass(work: Promise<unknown>, expected: DatabaseErrorClass): Promise<unknown> {
  const error: unknown = await work.then(
    () => expect.fail('it did not fail'),
    (thrown: unknown) => thrown,
  );
  expect(classifyDatabaseError(error), JSON.stringify(describeError(error))).toBe(expected);
  return error;
}

/** For the message of a failing test: what the classifier can see. */
const describeError = (error: unknown): unknown =>
  error instanceof Error ? { ...Object.fromEntries(Object.entries(error)), told: String(error), cause: describeError(error.cause) } : error;

const raise = (tx: Tx, userId: string) => tx.sessionStream.update({ where: { userId }, data: { sequence: { increment: 1 } } });
const raiseRaw = (tx: Tx, id: number) => sqlOf(tx).count('UPDATE number SET value = value + 1 WHERE id = $1', [id]);

describe('a lost race is tried again', () => {
  const isolated = { isolationLevel: 'RepeatableRead' } as const;

  test('40001 in a model call', async () => {
    await using world = await aClient();
    const losing = world.client.$transaction(async (tx) => {
      await tx.sessionStream.findMany();
      await world.admin.rows('UPDATE users.session_stream SET sequence = sequence + 1');
      await raise(tx, ada);
    }, isolated);
    expect(await expectClass(losing, 'retry')).toMatchObject({ code: 'P2034' });
  });

  test('40001 in raw SQL', async () => {
    await using world = await aClient();
    const losing = world.client.$transaction(async (tx) => {
      await sqlOf(tx).rows('SELECT value FROM number');
      await world.admin.rows('UPDATE users.number SET value = value + 1');
      await raiseRaw(tx, 1);
    }, isolated);
    await expectClass(losing, 'retry');
  });

  test('40001 at COMMIT', async () => {
    await using world = await aClient();
    const [read, done] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const skewed = (mine: number, before: () => Promise<unknown>, after: () => Promise<unknown>) =>
      world.client.$transaction(
        async (tx) => {
          await sqlOf(tx).rows('SELECT sum(value)::int AS sum FROM number');
          await before();
          await raiseRaw(tx, mine);
          await after();
        },
        { isolationLevel: 'Serializable' },
      );
    const losing = skewed(
      1,
      () => Promise.resolve(read.resolve(undefined)),
      () => done.promise,
    );
    await read.promise;
    await skewed(
      2,
      () => Promise.resolve(),
      () => Promise.resolve(),
    );
    done.resolve(undefined);
    await expectClass(losing, 'retry');
  });

  /** Two transactions that lock the same two rows crosswise; one of them is chosen to fail. */
  async function deadlock(world: World, lock: (tx: Tx, row: 0 | 1) => Promise<unknown>): Promise<unknown> {
    let arrived = 0;
    const both = Promise.withResolvers<undefined>();
    const crossing = (first: 0 | 1, second: 0 | 1) =>
      world.client.$transaction(async (tx) => {
        await lock(tx, first);
        arrived += 1;
        if (arrived === 2) both.resolve(undefined);
        await both.promise;
        await lock(tx, second);
      });
    const outcomes = await Promise.allSettled([crossing(0, 1), crossing(1, 0)]);
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(failed).toHaveLength(1);
    throw failed[0]?.reason;
  }

  test('40P01 in a model call', async () => {
    await using world = await aClient();
    await expectClass(
      deadlock(world, (tx, row) => raise(tx, row === 0 ? ada : bob)),
      'retry',
    );
  });

  test('40P01 in raw SQL', async () => {
    await using world = await aClient();
    await expectClass(
      deadlock(world, (tx, row) => raiseRaw(tx, row + 1)),
      'retry',
    );
  });
});

describe('an answer is a result', () => {
  test('23505 in a model call', async () => {
    await using world = await aClient();
    const twice = world.client.sessionStream.create({ data: { userId: ada, sequence: 1 } });
    expect(await expectClass(twice, 'result')).toMatchObject({ code: 'P2002' });
  });

  test('23505 in raw SQL, alone and in a transaction', async () => {
    await using world = await aClient();
    await expectClass(world.sql.count('INSERT INTO number VALUES (1, 1)'), 'result');
    await expectClass(
      world.client.$transaction((tx) => sqlOf(tx).count('INSERT INTO number VALUES (1, 1)')),
      'result',
    );
  });

  test('a guarded row that is not there', async () => {
    await using world = await aClient();
    const missing = raise(world.client, '019b0000-0000-7000-8000-00000000000c');
    expect(await expectClass(missing, 'result')).toMatchObject({ code: 'P2025' });
  });
});

describe('a lock that is waited for too long means busy', () => {
  const whileLocked = (world: World, work: (tx: Tx) => Promise<unknown>) =>
    world.client.$transaction(async (holder) => {
      await raise(holder, ada);
      await raiseRaw(holder, 1);
      await expectClass(
        world.client.$transaction(async (tx) => {
          await sqlOf(tx).rows(`SELECT set_config('lock_timeout', '20ms', true) AS set`);
          await work(tx);
        }),
        'busy',
      );
    });

  test('55P03 in a model call', async () => {
    await using world = await aClient();
    await whileLocked(world, (tx) => raise(tx, ada));
  });

  test('55P03 in raw SQL', async () => {
    await using world = await aClient();
    await whileLocked(world, (tx) => raiseRaw(tx, 1));
  });
});

describe('a lost connection asks for a new one', () => {
  test('while a raw statement runs', async () => {
    await using world = await aClient();
    const sleeping = world.sql.rows('SELECT 1 AS slept FROM pg_sleep(4)');
    await eventually(
      async () =>
        (await world.admin.number(
          `SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(4)%' AND state = 'active' AND usename = 'users' AND datname = current_database()`,
        )) === 1,
    );
    await Promise.all([expectClass(sleeping, 'reconnect'), world.terminate()]);
  });

  test('while a model call waits for a lock', async () => {
    await using world = await aClient();
    const locked = Promise.withResolvers<undefined>();
    const release = Promise.withResolvers<undefined>();
    const holding = world.client.$transaction(async (tx) => {
      await raise(tx, ada);
      locked.resolve(undefined);
      await release.promise;
    });
    await locked.promise;
    const waiting = raise(world.client, ada);
    const both = Promise.all([expectClass(waiting, 'reconnect'), expectClass(holding, 'reconnect')]);
    await eventually(
      async () =>
        (await world.admin.number(
          `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        )) === 1,
    );
    // Whoever waits goes first: the other way round the lock would be free for a moment, and the call would succeed.
    await world.admin.rows(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    );
    await waiting.catch(() => undefined);
    await world.terminate();
    release.resolve(undefined);
    await both;
  });

  test.each<[string, (tx: Tx) => Promise<unknown>]>([
    ['a model call', (tx) => raise(tx, ada)],
    ['a raw statement', (tx) => raiseRaw(tx, 1)],
    ['COMMIT', () => Promise.resolve()],
  ])('between two statements of a transaction, seen by %s', async (_, next) => {
    await using world = await aClient();
    const broken = world.client.$transaction(async (tx) => {
      await raiseRaw(tx, 2);
      await world.terminate();
      await next(tx);
    });
    await expectClass(broken, 'reconnect');
    expect(await world.sql.rows('SELECT value FROM number WHERE id = 2')).toEqual([{ value: 0 }]);
  });

  test('nobody listens', async () => {
    const client = new PrismaClient({
      adapter: prismaAdapter({ url: 'postgresql://users@127.0.0.1:1/none', schema: 'users', maxConnections: 1 }),
    });
    await expectClass(client.sessionStream.count(), 'reconnect');
    await expectClass(sqlOf(client).rows('SELECT 1 AS one'), 'reconnect');
    await expectClass(
      client.$transaction((tx) => tx.sessionStream.count()),
      'reconnect',
    );
    await client.$disconnect();
  });
});

describe('without a free connection work is shed', () => {
  const whileExhausted = async (work: (world: World) => Promise<unknown>) => {
    await using world = await aClient({ connections: 1 });
    await world.client.$transaction(() => work(world), { timeout: 10_000 });
  };
  test.each<[string, (world: World) => Promise<unknown>]>([
    ['a model call', ({ client }) => client.sessionStream.count()],
    ['raw SQL', ({ sql }) => sql.rows('SELECT 1 AS one')],
    ['a transaction', ({ client }) => client.$transaction((tx) => tx.sessionStream.count(), { maxWait: 500 })],
    [
      'a transaction that would wait longer than the pool',
      ({ client }) => client.$transaction((tx) => tx.sessionStream.count(), { maxWait: 5_000 }),
    ],
  ])('%s', async (_, work) => {
    await whileExhausted((world) => expectClass(work(world), 'shed'));
  });
});

describe('what a repeat does not cure is a fault', () => {
  test.each<[string, (world: World) => Promise<unknown>]>([
    ['23514, a failed check', ({ sql }) => sql.count('UPDATE number SET value = -1')],
    ['23514 in a model call', ({ client }) => client.inboxRow.create({ data: { consumer: 'x', eventId: ada, state: 'NONE' } })],
    [
      '57014, a statement that took too long',
      ({ client }) =>
        client.$transaction(async (tx) => {
          await sqlOf(tx).rows(`SELECT set_config('statement_timeout', '20ms', true) AS set`);
          await sqlOf(tx).rows('SELECT 1 AS slept FROM pg_sleep(4)');
        }),
    ],
    [
      '25P02, a statement after a failed one',
      ({ client }) =>
        client.$transaction(async (tx) => {
          await sqlOf(tx)
            .count('INSERT INTO number VALUES (1, 1)')
            .catch(() => undefined);
          await sqlOf(tx).rows('SELECT 1 AS one');
        }),
    ],
    [
      'a transaction that has expired',
      ({ client }) =>
        client.$transaction(
          async (tx) => {
            await sqlOf(tx).rows('SELECT 1 AS slept FROM pg_sleep(0.2)');
            await sqlOf(tx).rows('SELECT 1 AS one');
          },
          { timeout: 100 },
        ),
    ],
    ['42P01, no such table', ({ sql }) => sql.rows('SELECT 1 FROM nowhere')],
    ['a value that does not fit', ({ client }) => client.sessionStream.findMany({ where: { userId: 'not a uuid' } })],
  ])('%s', async (_, work) => {
    await using world = await aClient();
    await expectClass(work(world), 'fault');
  });
});

test('a transaction past its time waits for its statement all the same; the limit of the role ends the wait for a lock', async () => {
  await using world = await aClient();
  const [held, release] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  const holding = world.client.$transaction(async (tx) => {
    await raiseRaw(tx, 1);
    held.resolve(undefined);
    await release.promise;
  });
  await held.promise;

  const startedAt = performance.now();
  const waiting = world.client.$transaction((tx) => raiseRaw(tx, 1), { timeout: 200 });
  await expect(waiting).rejects.toThrow();
  const waitedMs = performance.now() - startedAt;
  release.resolve(undefined);
  await holding;

  expect(waitedMs).toBeGreaterThan(1_900);
  expect(waitedMs).toBeLessThan(4_500);
  expect(await world.sql.rows('SELECT value FROM number WHERE id = 1')).toEqual([{ value: 1 }]);
});

test('a unit of work whose connection is lost runs again, whole, through the generated client', async () => {
  await using world = await aClient();
  const transact = createTransact({ client: world.client, consumer: 'users', stores: (tx: Tx) => ({ tx }) });
  let runs = 0;

  await transact(async ({ tx, sql }) => {
    runs += 1;
    await raise(tx, ada);
    if (runs === 1) await world.terminate();
    await sql.count('UPDATE number SET value = value + 1 WHERE id = 1');
  });

  expect(runs).toBe(2);
  expect(await world.sql.rows('SELECT value FROM number WHERE id = 1')).toEqual([{ value: 1 }]);
});

test('in the log an error of the generated client shows no values of rows', async () => {
  await using world = await aClient();
  const anAccount = { id: ada, email: 'ada@example.test', role: 'CUSTOMER', locale: 'de', passwordHash: 'a secret hash' };
  await world.client.account.create({ data: anAccount });
  const insert = `INSERT INTO account (id, email, role, locale, password_hash) VALUES ($1::uuid, $2, 'CUSTOMER', 'de', 'a secret hash')`;
  const errors = [
    await expectClass(world.client.account.create({ data: anAccount }), 'result'),
    await expectClass(world.sql.count(insert, [bob, anAccount.email]), 'result'),
    await expectClass(world.client.account.create({ data: { ...anAccount, locale: 7 as unknown as string } }), 'fault'),
  ];

  const lines: string[] = [];
  const logger = createLogger({ service: 'test', write: (line) => lines.push(line) });
  for (const err of errors) logger.error({ err }, 'failed');

  expect(lines.join('')).not.toMatch(/ada@|secret hash/);
  expect(lines.every((line) => line.includes('database-errors.int.test'))).toBe(true);
});
