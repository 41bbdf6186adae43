import { newId } from '@tally/kernel';
import { cloneDatabase, eventually, openSql } from '@tally/testkit';
import { expect, test } from 'vitest';
import { startFeedProbe } from '../../test/contract/feed-probe.ts';
import { aListeningLogger, silent } from '../../test/silent-logger.ts';
import type { LogRecord } from '../index.ts';
import { createPostgresEventLog, type PostgresEventLogOptions } from './create-event-log.ts';

const topic = { name: 'followed.v1', partitions: 4, compacted: false, retentionDays: 7 };
const record = (key: string, payload = '{}'): LogRecord => ({
  topic: topic.name,
  key,
  eventId: newId('evt'),
  type: 'Tested',
  sequence: 1,
  time: new Date(),
  traceparent: null,
  tracestate: null,
  payload,
});

async function aDatabase() {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await cloneDatabase());
  const admin = stack.use(await openSql(database.adminUrl));
  const owned = stack.move();
  return {
    admin,
    open: (options: Partial<PostgresEventLogOptions> = {}) =>
      owned.use(
        createPostgresEventLog({ databaseUrl: database.urls.event_log.app, topics: [topic], logger: silent, trimEveryMs: 0, ...options }),
      ),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const anHourMs = 3_600_000;

test('a wake-up alone brings a record to a feed, of its own process and of another', async () => {
  await using database = await aDatabase();
  const [log, other] = [database.open({ times: { pollMs: anHourMs } }), database.open()];
  await log.ensureTopics();
  await using probe = await startFeedProbe(log, { topics: [topic.name], from: 'now' });
  await probe.feed.following;

  await log.append([record('own')]);
  await eventually(() => probe.seen.length === 1);
  await other.append([record('other')]);
  await eventually(() => probe.seen.length === 2);
});

test('a look at the heads alone brings a record to a feed that hears nothing', async () => {
  await using database = await aDatabase();
  const [deaf, other] = [database.open({ wake: 'process', times: { pollMs: 20 } }), database.open()];
  await using probe = await startFeedProbe(deaf, { topics: [topic.name], from: 'now' });
  await probe.feed.following;

  await other.append([record('a'), record('b'), record('c')]);

  await eventually(() => probe.seen.length === 3);
});

test('feeds that wait hold no connection', async () => {
  await using database = await aDatabase();
  const log = database.open({ connections: { append: 1, read: 1 }, times: { pollMs: 20 } });
  await log.ensureTopics();
  await using one = await startFeedProbe(log, { topics: [topic.name], from: 'now' });
  await using two = await startFeedProbe(log, { topics: [topic.name, 'another.v1'], from: 'now' });
  await Promise.all([one.feed.following, two.feed.following]);

  expect(await log.lag('nobody')).toEqual([]);
  await log.append([record('a')]);
  await eventually(() => one.seen.length === 1 && two.seen.length === 1);
  expect(
    await database.admin.number(
      `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'event log read'`,
    ),
  ).toBe(1);
});

test('a backlog of large records arrives whole', async () => {
  await using database = await aDatabase();
  const log = database.open();
  const since = new Date(Date.now() - 1000);
  for (let batch = 0; batch < 10; batch += 1)
    await log.append(Array.from({ length: 4 }, (_, at) => record(`key-${String(at)}`, 'x'.repeat(900_000))));

  await using probe = await startFeedProbe(log, { topics: [topic.name], from: since });
  await probe.feed.following;

  expect(probe.seen).toHaveLength(40);
});

test('a reader that throws is heard of and harms nobody', async () => {
  await using database = await aDatabase();
  const { logger, lines } = aListeningLogger();
  const log = database.open({ logger });
  await log.ensureTopics();
  await using probe = await startFeedProbe(log, {
    topics: [topic.name],
    from: 'now',
    onRecord({ key }) {
      if (key === 'bad') throw new Error('a bug');
    },
  });
  await probe.feed.following;

  await log.append([record('bad'), record('good')]);

  await eventually(() => probe.seen.length === 2);
  expect(lines.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual(['what a feed called failed, it goes on']);
});

test('closing the log closes its feeds', async () => {
  await using database = await aDatabase();
  const log = database.open();
  const probe = await startFeedProbe(log, { topics: [topic.name], from: 'now' });
  await probe.feed.following;

  await log[Symbol.asyncDispose]();

  await eventually(async () => {
    expect(
      await database.admin.number(`SELECT count(*) FROM pg_stat_activity WHERE usename = 'event_log' AND datname = current_database()`),
    ).toBe(0);
  });
});
