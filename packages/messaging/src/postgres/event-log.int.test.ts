import { cloneDatabase, openSql, startFaultProxy } from '@tally/testkit';
import { expect, test } from 'vitest';
import { eventLogContract } from '../../test/contract/event-log.contract.ts';
import { aRecord, type EventLogWorld } from '../../test/contract/event-log-world.ts';
import { silent } from '../../test/silent-logger.ts';
import { createPostgresEventLog } from './create-event-log.ts';
import { createGroupProbe } from '../../test/contract/group-probe.ts';

const sessionMs = 900;

async function aWorld(): Promise<EventLogWorld> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await cloneDatabase());
  const admin = stack.use(await openSql(database.adminUrl));
  const databaseUrl = database.urls.event_log.app;
  const owned = stack.move();
  return {
    sessionMs,
    async open(topics) {
      const proxy = owned.use(await startFaultProxy(databaseUrl));
      const log = owned.use(
        createPostgresEventLog({
          databaseUrl: proxy.through(databaseUrl),
          topics,
          logger: silent,
          times: { leaseMs: sessionMs, commitDelayMs: 20 },
        }),
      );
      return { log, proxy };
    },
    async disturb(topic) {
      await admin.rows(
        `DO $$ BEGIN UPDATE event_log.topic_head SET last = last + 3 WHERE topic = '${topic}'; RAISE EXCEPTION 'rolled back'; EXCEPTION WHEN raise_exception THEN NULL; END $$`,
      );
      await admin.rows(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'event_log' AND datname = current_database() AND random() < 0.3`,
      );
      await new Promise((resolve) => setTimeout(resolve, 30));
    },
    async expire({ name, retentionDays }) {
      await admin.execute(
        `UPDATE event_log.record SET appended_at = appended_at - $2::float8 * interval '1 day' - interval '1 minute' WHERE topic = $1`,
        [name, retentionDays],
      );
      await using log = createPostgresEventLog({
        databaseUrl,
        topics: [{ name, partitions: 2, compacted: false, retentionDays }],
        logger: silent,
        wake: 'process',
      });
      await log.trim();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

eventLogContract('PostgreSQL', aWorld);

test('positions of a topic have no gaps, whoever rolls back or dies', async () => {
  await using database = await cloneDatabase();
  await using admin = await openSql(database.adminUrl);
  const topic = { name: 'gapless.v1', partitions: 4, compacted: false, retentionDays: 7 };
  await using log = createPostgresEventLog({ databaseUrl: database.urls.event_log.app, topics: [topic], logger: silent, wake: 'process' });
  await log.ensureTopics();

  await Promise.all(
    Array.from({ length: 40 }, async (_, at) => {
      const key = `key-${String(at % 7)}`;
      const record = aRecord(topic, key, 1);
      if (at % 5 === 0)
        await admin.rows(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'event_log' AND datname = current_database()`,
        );
      await log.append([record, record, record]).catch(() => undefined);
    }),
  );
  await log.append([aRecord(topic, 'last', 1)]);

  const stored = await admin.row(
    `SELECT count(*)::int AS records, min(position)::int AS first, max(position)::int AS last, count(DISTINCT position)::int AS positions,
     (SELECT last::int FROM event_log.topic_head WHERE topic = $1) AS head,
     (SELECT bool_and(appended_at >= before) FROM (SELECT appended_at, lag(appended_at) OVER (ORDER BY position) AS before FROM event_log.record WHERE topic = $1) r WHERE before IS NOT NULL) AS rising
     FROM event_log.record WHERE topic = $1`,
    [topic.name],
  );
  expect(stored).toEqual({
    records: stored['head'],
    first: 1,
    last: stored['head'],
    positions: stored['head'],
    head: stored['head'],
    rising: true,
  });
});

test('a compacted topic keeps the newest record of each key for ever', async () => {
  await using database = await cloneDatabase();
  await using admin = await openSql(database.adminUrl);
  const topic = { name: 'compacted.v1', partitions: 2, compacted: true, retentionDays: 7 };
  await using log = createPostgresEventLog({ databaseUrl: database.urls.event_log.app, topics: [topic], logger: silent, wake: 'process' });
  for (const sequence of [1, 2, 3]) {
    await log.append(['a', 'b', 'c'].map((key) => aRecord(topic, key, sequence)));
  }
  await admin.execute(`UPDATE event_log.record SET appended_at = appended_at - interval '8 days'`);

  expect(await log.trim()).toEqual({ deleted: 6, lostTo: [] });

  const probe = createGroupProbe();
  await using member = await log.subscribe({ group: 'readers', topics: [topic], from: 'beginning', handler: probe.handler() });
  await member.caughtUp();
  expect(probe.seen.map(({ key, sequence }) => `${key}:${String(sequence)}`).toSorted()).toEqual(['a:3', 'b:3', 'c:3']);
});

test('a topic that exists with another number of partitions is refused', async () => {
  await using database = await cloneDatabase();
  const topic = { name: 'fixed.v1', partitions: 2, compacted: false, retentionDays: 7 };
  await using log = createPostgresEventLog({ databaseUrl: database.urls.event_log.app, topics: [topic], logger: silent, wake: 'process' });
  await log.ensureTopics();
  await using other = createPostgresEventLog({
    databaseUrl: database.urls.event_log.app,
    topics: [{ ...topic, partitions: 3 }],
    logger: silent,
    wake: 'process',
  });

  await expect(other.ensureTopics()).rejects.toThrow('topic fixed.v1 was created with 2 partitions, not 3');
});
