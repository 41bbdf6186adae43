import { topicOf } from '@tally/events';
import { newId, type Id } from '@tally/kernel';
import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { silent } from '../../test/silent-logger.ts';
import { aSubgraph } from '../../test/subgraph-world.ts';
import { PoisonEventError, type Handler } from '../consumer.ts';
import type { LogRecord } from '../event-log.ts';
import { inboxOn } from '../inbox.ts';
import { createPostgresEventLog } from '../postgres/create-event-log.ts';
import { requestRedrive } from '../redrive/redrive.ts';
import { startConsumer } from './start-consumer.ts';

const topic = topicOf('users.session.v1');
const group = 'payments';

const events = (user: Id<'usr'>, from: number, to: number): LogRecord[] =>
  Array.from({ length: to - from + 1 }, (_, at) => ({
    topic: topic.name,
    key: user,
    eventId: newId('evt'),
    type: 'SignedIn',
    sequence: from + at,
    time: new Date(),
    traceparent: null,
    tracestate: null,
    payload: JSON.stringify({ user: { id: user }, session: { id: newId('ses') } }),
  }));

/** A log with events 1 to 4 of one user, the second of which is poison until it is cured, and a group that can be set back to the beginning. */
async function aWorld() {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await aSubgraph());
  const times = { commitDelayMs: 20, leaseMs: 900 };
  const log = stack.use(createPostgresEventLog({ databaseUrl: world.logUrl, topics: [topic], logger: silent, times }));
  const user = newId('usr');
  const state = { poison: true };
  await log.append(events(user, 1, 4));
  const owned = stack.move();

  const checked =
    (handler: Handler<'SignedIn'>): Handler<'SignedIn'> =>
    async (event) => {
      if (state.poison && event.sequence === 2) throw new PoisonEventError('never');
      await handler(event);
    };
  /** Counts each event once, by its inbox row. */
  const stepEvents = checked(({ id, key, sequence }) =>
    world.transact(async (sql) => {
      if (await inboxOn(sql, group).firstSight(id)) await sql.count('INSERT INTO effect (key, sequence) VALUES ($1, $2)', [key, sequence]);
    }),
  );
  /** Keeps the newest, without an inbox. */
  const stateEvents = checked(({ key, sequence }) =>
    world.transact(async (sql) => {
      await sql.count('INSERT INTO effect (key, sequence) VALUES ($1, $2)', [key, sequence]);
    }),
  );
  const letters = async () =>
    (await world.admin.rows('SELECT sequence::int, redriven_at IS NOT NULL AS redriven FROM payments.dead_letter ORDER BY id')).map(
      ({ sequence, redriven }) => `${String(sequence)}${redriven === true ? ' redriven' : ''}`,
    );
  return {
    world,
    log,
    user,
    state,
    stepEvents,
    stateEvents,
    letters,
    effects: async () => (await world.admin.rows('SELECT sequence::int FROM payments.effect ORDER BY id')).map(({ sequence }) => sequence),
    consume: (handler: Handler<'SignedIn'>) =>
      startConsumer({
        log,
        group,
        topics: [topic],
        from: 'beginning',
        handlers: { SignedIn: handler },
        databaseUrl: world.url,
        logger: silent,
      }),
    reset: () =>
      world.admin.execute(
        `UPDATE event_log.reader SET position = 0, owner = NULL, lease_until = NULL, epoch = epoch + 1 WHERE group_id = $1`,
        [group],
      ),
    async redriven() {
      state.poison = false;
      expect(await world.transact((sql) => requestRedrive(sql, topic.name))).toHaveLength(1);
      await eventually(async () =>
        expect(await world.admin.number('SELECT count(*) FROM payments.parked_key WHERE parked_at IS NOT NULL')).toBe(0),
      );
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

test('a group that is set back after a redrive has no second effect and writes no second letter', async () => {
  await using given = await aWorld();
  {
    await using consumer = await given.consume(given.stepEvents);
    await consumer.caughtUp();
    await given.redriven();
  }
  const letters = await given.letters();
  expect(letters).toEqual(['2 redriven', '3 redriven', '4 redriven']);

  await given.reset();
  await using consumer = await given.consume(given.stepEvents);
  await given.log.append(events(given.user, 5, 5));
  await consumer.caughtUp();

  expect(await given.effects()).toEqual([1, 2, 3, 4, 5]);
  expect(await given.letters()).toEqual(letters);
});

test('a group that is set back while a key is parked keeps its letters as they are, and a redrive the order', async () => {
  await using given = await aWorld();
  {
    await using consumer = await given.consume(given.stepEvents);
    await consumer.caughtUp();
  }
  expect(await given.letters()).toEqual(['2', '3', '4']);

  await given.reset();
  await using consumer = await given.consume(given.stepEvents);
  await consumer.caughtUp();
  expect([await given.effects(), await given.letters()]).toEqual([[1], ['2', '3', '4']]);
  await given.log.append(events(given.user, 5, 5));
  await consumer.caughtUp();
  await given.redriven();

  expect(await given.effects()).toEqual([1, 2, 3, 4, 5]);
  expect(await given.letters()).toEqual(['2 redriven', '3 redriven', '4 redriven', '5 redriven']);
});

test('a state event that was redriven and fails again after the group was set back becomes a letter again', async () => {
  await using given = await aWorld();
  {
    await using consumer = await given.consume(given.stateEvents);
    await consumer.caughtUp();
    await given.redriven();
  }
  expect(await given.effects()).toEqual([1, 2, 3, 4]);
  expect(await given.world.admin.number('SELECT count(*) FROM payments.inbox')).toBe(0);

  given.state.poison = true;
  await given.reset();
  await using consumer = await given.consume(given.stateEvents);
  await consumer.caughtUp();
  expect(await given.letters()).toEqual(['2', '3', '4']);
  await given.redriven();

  expect(await given.effects()).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
});
