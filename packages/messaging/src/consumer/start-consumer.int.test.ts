import { topicOf } from '@tally/events';
import { newId, toUuid, type Id } from '@tally/kernel';
import { eventually, startFaultProxy } from '@tally/testkit';
import { expect, test } from 'vitest';
import { aListeningLogger, silent } from '../../test/silent-logger.ts';
import { aSubgraph, type SubgraphWorld } from '../../test/subgraph-world.ts';
import { inTransaction, openPool, sqlOnPg } from '../connection.ts';
import { PoisonEventError, type ConsumerOptions, type Handler } from '../consumer.ts';
import { inboxOn } from '../inbox.ts';
import { createPostgresEventLog } from '../postgres/create-event-log.ts';
import { redrive, requestRedrive, toTable } from '../redrive/redrive.ts';
import type { LogRecord } from '../event-log.ts';
import { startConsumer } from './start-consumer.ts';

const topic = topicOf('users.session.v1');
const group = 'payments';

interface Signing {
  readonly user: Id<'usr'>;
  readonly sequence: number;
}

const anEvent = ({ user, sequence }: Signing): LogRecord => ({
  topic: topic.name,
  key: user,
  eventId: newId('evt'),
  type: 'SignedIn',
  sequence,
  time: new Date(),
  traceparent: null,
  tracestate: null,
  payload: JSON.stringify({ user: { id: user }, session: { id: newId('ses') } }),
});

const events = (user: Id<'usr'>, from: number, to: number): LogRecord[] =>
  Array.from({ length: to - from + 1 }, (_, at) => anEvent({ user, sequence: from + at }));

/** A consumer's world: its log, and a handler that writes each event's effect once. */
async function aWorld() {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await aSubgraph());
  const log = stack.use(
    createPostgresEventLog({ databaseUrl: world.logUrl, topics: [topic], logger: silent, times: { commitDelayMs: 20, leaseMs: 900 } }),
  );
  const owned = stack.move();
  const effect: Handler<'SignedIn'> = ({ id, key, sequence }) =>
    world.transact(async (sql) => {
      if (await inboxOn(sql, group).firstSight(id)) await sql.count('INSERT INTO effect (key, sequence) VALUES ($1, $2)', [key, sequence]);
    });
  const consume = (options: Partial<ConsumerOptions>) =>
    startConsumer({
      log,
      group,
      topics: [topic],
      from: 'beginning',
      handlers: { SignedIn: effect },
      databaseUrl: world.url,
      logger: silent,
      ...options,
    });
  return { world, log, effect, consume, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const effectsOf = async (world: SubgraphWorld, key: string): Promise<number[]> =>
  (await world.admin.rows('SELECT sequence::int FROM payments.effect WHERE key = $1 ORDER BY id', [key])).map(({ sequence }) =>
    Number(sequence),
  );

const lettersOf = (world: SubgraphWorld, key: string) =>
  world.admin.rows(
    'SELECT sequence::int, error_class, attempts, redriven_at IS NOT NULL AS redriven FROM payments.dead_letter WHERE key = $1 ORDER BY id',
    [key],
  );

test('an event that is delivered twice has one effect', async () => {
  await using given = await aWorld();
  const user = newId('usr');
  const batch = events(user, 1, 5);
  await given.log.append(batch);
  await given.log.append(batch);

  await using consumer = await given.consume({});
  await consumer.caughtUp();

  expect(await effectsOf(given.world, user)).toEqual([1, 2, 3, 4, 5]);
});

test('poison parks its key and what follows, other keys go on, and a redrive catches up in order', async () => {
  await using given = await aWorld();
  const [bad, good] = [newId('usr'), newId('usr')];
  await given.log.append([...events(bad, 1, 4), ...events(good, 1, 4)]);
  let poisonous = true;
  const { logger, lines } = aListeningLogger();
  await using consumer = await given.consume({
    logger,
    handlers: {
      SignedIn: async (event) => {
        if (poisonous && event.key === bad && event.sequence === 2) throw new PoisonEventError('never');
        await given.effect(event);
      },
    },
  });
  await consumer.caughtUp();

  expect(await effectsOf(given.world, good)).toEqual([1, 2, 3, 4]);
  expect(await effectsOf(given.world, bad)).toEqual([1]);
  expect(await lettersOf(given.world, bad)).toEqual([
    { sequence: 2, error_class: 'PoisonEventError', attempts: 1, redriven: false },
    { sequence: 3, error_class: 'Followed', attempts: 0, redriven: false },
    { sequence: 4, error_class: 'Followed', attempts: 0, redriven: false },
  ]);
  expect(await given.world.admin.number(`SELECT count(*) FROM payments.inbox WHERE state = 'PARKED'`)).toBe(3);
  const records = await given.world.admin.rows(
    `SELECT key, sequence::int, type FROM payments.outbox WHERE topic = 'users.session.v1.dlq' ORDER BY id`,
  );
  expect(records).toEqual([1, 2, 3].map((sequence) => ({ key: `payments/${bad}`, sequence, type: 'DeadLetter' })));
  expect(lines.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
    'an event cannot be handled: its key is parked',
  ]);

  poisonous = false;
  const redriven = await redrive({
    databaseUrls: { payments: given.world.url },
    topic: topic.name,
    by: { actor: 'tester', reason: 'the handler is mended' },
  });
  expect(redriven.map(({ oldest: _oldest, ...row }) => row)).toEqual([{ database: 'payments', consumer: group, key: bad, letters: 3 }]);
  expect(toTable(topic.name, redriven)).toContain(bad);
  expect(await given.world.admin.rows('SELECT actor, action, subject, reason FROM payments.intervention')).toEqual([
    { actor: 'tester', action: 'redrive', subject: topic.name, reason: 'the handler is mended' },
  ]);
  await given.log.append(events(bad, 5, 6));
  await eventually(
    async () => (await given.world.admin.number('SELECT count(*) FROM payments.parked_key WHERE parked_at IS NOT NULL')) === 0,
  );
  await given.log.append(events(bad, 7, 7));
  await consumer.caughtUp();

  expect(await effectsOf(given.world, bad)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect((await lettersOf(given.world, bad)).every(({ redriven: done }) => done === true)).toBe(true);
  expect(await given.world.admin.number(`SELECT count(*) FROM payments.inbox WHERE state = 'PARKED'`)).toBe(0);
});

test('a letter that fails again stays parked with those behind it, and numbers of its stream go on', async () => {
  await using given = await aWorld();
  const user = newId('usr');
  await given.log.append(events(user, 1, 3));
  const poisonous = new Set([1, 2]);
  await using consumer = await given.consume({
    handlers: {
      SignedIn: async (event) => {
        if (poisonous.has(event.sequence)) throw new PoisonEventError('never');
        await given.effect(event);
      },
    },
  });
  await consumer.caughtUp();

  poisonous.delete(1);
  await given.world.transact((sql) => requestRedrive(sql, topic.name, user));
  await eventually(
    async () => (await given.world.admin.number('SELECT count(*) FROM payments.parked_key WHERE redrive_requested_at IS NOT NULL')) === 0,
  );
  expect(await effectsOf(given.world, user)).toEqual([1]);
  expect((await lettersOf(given.world, user)).map(({ redriven }) => redriven)).toEqual([true, false, false]);

  poisonous.clear();
  await given.world.transact((sql) => requestRedrive(sql, topic.name));
  await eventually(async () => (await effectsOf(given.world, user)).length === 3);
  await eventually(
    async () => (await given.world.admin.number('SELECT count(*) FROM payments.parked_key WHERE parked_at IS NOT NULL')) === 0,
  );
  poisonous.add(4);
  await given.log.append(events(user, 4, 4));
  await consumer.caughtUp();
  expect(await given.world.admin.number(`SELECT max(sequence)::int FROM payments.outbox WHERE topic LIKE '%.dlq'`)).toBe(4);
});

test('a key that a dead member parked stays parked with the next one', async () => {
  await using given = await aWorld();
  const user = newId('usr');
  await given.log.append(events(user, 1, 1));
  const handlers = { SignedIn: () => Promise.reject(new PoisonEventError('never')) };
  {
    await using first = await given.consume({ handlers });
    await first.caughtUp();
  }
  await given.log.append(events(user, 2, 2));
  await using second = await given.consume({});
  await second.caughtUp();

  expect(await effectsOf(given.world, user)).toEqual([]);
  expect((await lettersOf(given.world, user)).map(({ sequence }) => sequence)).toEqual([1, 2]);
});

test('what cannot be read is parked at once, what nobody handles is passed over', async () => {
  await using given = await aWorld();
  const user = newId('usr');
  const [first, second, third] = events(user, 1, 3);
  await given.log.append([{ ...first!, type: 'SessionRevoked', payload: 'not even JSON' }, { ...second!, payload: '{"user":{}}' }, third!]);
  await using consumer = await given.consume({});
  await consumer.caughtUp();

  expect(await effectsOf(given.world, user)).toEqual([]);
  expect(await lettersOf(given.world, user)).toEqual([
    { sequence: 2, error_class: 'UnreadableEventError', attempts: 1, redriven: false },
    { sequence: 3, error_class: 'Followed', attempts: 0, redriven: false },
  ]);
});

test('an event that keeps failing is tried as often as said, in place, then parked', async () => {
  await using given = await aWorld();
  const user = newId('usr');
  await given.log.append(events(user, 1, 2));
  const tried: number[] = [];
  await using consumer = await given.consume({
    attempts: 3,
    handlers: {
      SignedIn: async ({ sequence }) => {
        tried.push(sequence);
        throw new TypeError('a bug');
      },
    },
  });
  await consumer.caughtUp();

  expect(tried).toEqual([1, 1, 1]);
  expect((await lettersOf(given.world, user))[0]).toEqual({ sequence: 1, error_class: 'TypeError', attempts: 3, redriven: false });
});

test('a database that is away makes no dead letter: events wait and take effect afterwards', async () => {
  await using given = await aWorld();
  await using proxy = await startFaultProxy(given.world.url);
  const url = proxy.through(given.world.url);
  const pool = openPool(url, 'handlers', 2);
  const user = newId('usr');
  let tried = 0;
  await using consumer = await given.consume({
    databaseUrl: url,
    attempts: 2,
    handlers: {
      SignedIn: async ({ id, key, sequence }) => {
        tried += 1;
        await inTransaction(pool, async (sql) => {
          if (await inboxOn(sql, group).firstSight(id))
            await sql.count('INSERT INTO effect (key, sequence) VALUES ($1, $2)', [key, sequence]);
        });
      },
    },
  });
  await given.log.append(events(user, 1, 1));
  await consumer.caughtUp();

  proxy.cut();
  await given.log.append(events(user, 2, 4));
  await eventually(() => tried > 5);
  proxy.heal();
  await consumer.caughtUp();
  await pool.end();

  expect(await effectsOf(given.world, user)).toEqual([1, 2, 3, 4]);
  expect(await given.world.admin.number('SELECT count(*) FROM payments.dead_letter')).toBe(0);
});

test('parking waits for the database, too: neither letter nor position without the other', async () => {
  await using given = await aWorld();
  await using proxy = await startFaultProxy(given.world.url);
  const user = newId('usr');
  let tried = 0;
  await using consumer = await given.consume({
    databaseUrl: proxy.through(given.world.url),
    handlers: {
      SignedIn: async () => {
        tried += 1;
        proxy.cut();
        throw new PoisonEventError('never');
      },
    },
  });
  await given.log.append(events(user, 1, 1));
  await eventually(() => tried > 0);
  expect((await given.log.lag(group)).reduce((sum, { records }) => sum + records, 0)).toBe(1);
  proxy.heal();
  await consumer.caughtUp();

  expect(await lettersOf(given.world, user)).toHaveLength(1);
});

test('an event whose effect is there already is not parked when its handler fails afterwards', async () => {
  await using given = await aWorld();
  const user = newId('usr');
  await given.log.append(events(user, 1, 2));
  await using consumer = await given.consume({
    handlers: {
      SignedIn: async (event) => {
        await given.effect(event);
        if (event.sequence === 1) throw new PoisonEventError('after the commit');
      },
    },
  });
  await consumer.caughtUp();

  expect(await effectsOf(given.world, user)).toEqual([1, 2]);
  expect(await lettersOf(given.world, user)).toEqual([]);
});

test('a redrive by one member and events that reach another keep the order of the key', async () => {
  await using given = await aWorld();
  const user = newId('usr');
  let poisonous = true;
  const handlers: ConsumerOptions['handlers'] = {
    SignedIn: async (event) => {
      if (poisonous) throw new PoisonEventError('never');
      await given.effect(event);
    },
  };
  await using first = await given.consume({ handlers });
  await using _second = await given.consume({ handlers });
  await given.log.append(events(user, 1, 20));
  await first.caughtUp();
  poisonous = false;
  await given.world.transact((sql) => requestRedrive(sql, topic.name, user));
  for (let next = 21; next <= 60; next += 1) await given.log.append(events(user, next, next));
  await eventually(async () => (await effectsOf(given.world, user)).length === 60, { timeoutMs: 10_000 });

  expect(await effectsOf(given.world, user)).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
  await eventually(
    async () => (await given.world.admin.number('SELECT count(*) FROM payments.parked_key WHERE parked_at IS NOT NULL')) === 0,
  );
});

test('the inbox lets a parked event have its effect once', async () => {
  await using given = await aWorld();
  const id = newId('evt');
  await given.world.admin.execute(`INSERT INTO payments.inbox (consumer, event_id, state) VALUES ('payments', $1, 'PARKED')`, [toUuid(id)]);
  const pool = openPool(given.world.url, 'test', 1);
  const inbox = inboxOn(sqlOnPg(pool), group);

  expect([await inbox.firstSight(id), await inbox.firstSight(id)]).toEqual([true, false]);
  await pool.end();
});
