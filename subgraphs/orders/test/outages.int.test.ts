import { eventually, freshKey, openSql, startFaultProxy } from '@tally/testkit';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { cartMutation } from './buyer.ts';
import { anOrdersWorld } from './orders-world.ts';

/** An API whose next COMMIT, once told to, arrives at the database while its answer does not arrive here. */
async function aWorldThatLosesAnswers() {
  await using stack = new AsyncDisposableStack();
  const proxy = stack.use(await startFaultProxy(inject('cluster').adminUrl));
  let losing = false;
  const world = stack.use(
    await anOrdersWorld({
      config: { roles: ['api'] },
      changeDatabaseUrl: proxy.through,
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

test('a checkout whose COMMIT was never heard of is one order, and the answer names it', async () => {
  await using world = await aWorldThatLosesAnswers();
  const [mug] = await world.sells({});
  world.loseNextCommit();

  const buying = world.buyer().checkout({ lines: [{ variantId: mug, quantity: 1 }], idempotencyKey: freshKey('key') });
  await eventually(async () => expect(await world.sql.number('SELECT count(*) FROM orders')).toBe(1));
  world.proxy.heal();

  expect(await buying).toMatchObject({ order: { status: 'PENDING' }, userErrors: [] });
  expect(await world.sql.number('SELECT count(*) FROM orders')).toBe(1);
  expect(await world.sql.number(`SELECT count(*) FROM outbox WHERE type = 'ReserveStock'`)).toBe(1);
});

test('lines whose COMMIT was never heard of are not added twice: who added them is told to look again', async () => {
  await using world = await aWorldThatLosesAnswers();
  const [mug] = await world.sells({});
  world.loseNextCommit();

  const adding = world.buyer().ask(cartMutation('cartLinesAdd'), { input: { lines: [{ variantId: mug, quantity: 2 }] } });
  await eventually(async () => expect(await world.sql.number('SELECT coalesce(sum(quantity), 0) FROM cart_line')).toBe(2));
  world.proxy.heal();

  expect((await adding).errors?.map(({ extensions }) => extensions.code)).toEqual(['SUBGRAPH_UNAVAILABLE']);
  expect(await world.sql.number('SELECT sum(quantity) FROM cart_line')).toBe(2);
});

test('while the event log is away orders are accepted and nothing is unready; back again it gets all of them, in order', async () => {
  await using proxy = await startFaultProxy(inject('cluster').adminUrl);
  await using world = await anOrdersWorld({ config: { http: { port: 0, host: '127.0.0.1' } }, changeLogUrl: proxy.through });
  const [mug] = await world.sells({});
  const buyer = world.buyer();

  proxy.cut();
  for (let order = 0; order < 3; order++) expect((await buyer.buys(mug!)).status).toBe('PENDING');
  const ready = await fetch(`${String(world.orders.subgraph?.url)}/health/ready`);
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', dependencies: { database: 'ok' } }]);
  expect(await world.sql.number('SELECT count(*) FROM outbox WHERE published_at IS NULL')).toBe(9);

  proxy.heal();
  await eventually(async () => expect(await world.sql.number('SELECT count(*) FROM outbox WHERE published_at IS NULL')).toBe(0), {
    timeoutMs: 15_000,
  });
  await world.orders.caughtUp();
  const told: number[] = [];
  await using member = await world.log.subscribe({
    group: 'witness',
    topics: [{ name: 'orders.buyer.v1', partitions: 8, compacted: false, retentionDays: 7 }],
    from: 'beginning',
    handler: (delivery) => {
      for (const record of delivery.records) {
        told.push(record.sequence);
        delivery.handled(record);
      }
      return Promise.resolve();
    },
  });
  await member.caughtUp();
  expect(told.filter((sequence, at) => told.indexOf(sequence) === at)).toEqual([1, 2, 3]);
});

test('what is committed while the app stops still reaches the log: the relay stops last', async () => {
  const patient = (url: string) => `${url}?options=${encodeURIComponent('-c lock_timeout=20s')}`;
  await using world = await anOrdersWorld({ changeDatabaseUrl: patient });
  const [mug] = await world.sells({});
  await using admin = await openSql(world.database.adminUrl);
  const holder = new pg.Client({ connectionString: world.database.adminUrl });
  await holder.connect();
  await holder.query('BEGIN; LOCK TABLE orders.orders IN SHARE MODE');
  const buying = Promise.all(Array.from({ length: 6 }, () => world.buyer().buys(mug!)));
  await eventually(async () =>
    expect(
      await admin.number(
        `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'orders' AND wait_event_type = 'Lock'`,
      ),
    ).toBe(6),
  );

  const stopping = world.orders[Symbol.asyncDispose]();
  await holder.query('COMMIT');
  await holder.end();
  const placed = await buying;
  await stopping;

  expect(placed).toHaveLength(6);
  expect(await world.sql.row('SELECT count(*)::int AS queued, count(published_at)::int AS published FROM outbox')).toEqual({
    queued: 18,
    published: 18,
  });
});

test('a group that has lost its position is told to whoever runs the app, which would only look healthy', async () => {
  await using world = await anOrdersWorld();
  await using admin = await openSql(world.database.adminUrl);

  await admin.execute(`UPDATE event_log.partition SET trimmed_through = 1000 WHERE topic = 'payments.payment.v1'`);
  await admin.execute(`UPDATE event_log.reader SET owner = NULL, lease_until = NULL, epoch = epoch + 1 WHERE group_id = 'orders'`);

  await expect(world.orders.ended).rejects.toMatchObject({ name: 'PositionLostError' });
});
