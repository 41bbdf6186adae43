import { eventually, startFaultProxy } from '@tally/testkit';
import { expect, test } from 'vitest';
import { createGroupProbe, sequencesOf } from '../../test/contract/group-probe.ts';
import { aListeningLogger, silent } from '../../test/silent-logger.ts';
import { aSubgraph, type SubgraphWorld } from '../../test/subgraph-world.ts';
import { openConnection, sqlOnPg } from '../connection.ts';
import { EventLogUnavailableError, RecordRefusedError, type EventLog, type LogRecord } from '../event-log.ts';
import { createPostgresEventLog } from '../postgres/create-event-log.ts';
import { requestRedrive } from '../redrive/redrive.ts';
import { openWakeChannel } from '../wake-channel.ts';
import { removePublished } from './outbox-rows.ts';
import { startRelay } from './start-relay.ts';

const topic = { name: 'relayed.v1', partitions: 4, compacted: false, retentionDays: 7 };
const range = (to: number): number[] => Array.from({ length: to }, (_, at) => at + 1);

const aLog = (world: SubgraphWorld) =>
  createPostgresEventLog({ databaseUrl: world.logUrl, topics: [topic], logger: silent, times: { commitDelayMs: 20 } });
const aWake = (world: SubgraphWorld) =>
  openWakeChannel({ databaseUrl: world.url, channel: 'outbox_payments', remote: false, logger: silent });

/** The log with another way to append. */
const withAppend = (log: EventLog, append: (records: readonly LogRecord[]) => Promise<void>): EventLog => ({
  append,
  subscribe: (options) => log.subscribe(options),
  follow: (options) => log.follow(options),
  lag: (group) => log.lag(group),
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

async function readAll(log: EventLog) {
  const probe = createGroupProbe();
  await using member = await log.subscribe({ group: 'witness', topics: [topic], from: 'beginning', handler: probe.handler() });
  await member.caughtUp();
  return probe;
}

test('what is committed to the outbox reaches the log in order and is marked', async () => {
  await using world = await aSubgraph();
  await using log = aLog(world);
  await using wake = await aWake(world);
  await using relay = await startRelay({ databaseUrl: world.url, name: 'payments', log, wake, logger: silent, batch: 10 });

  for (let round = 0; round < 5; round += 1) {
    await world.write(topic.name, 'a', 'Tested', ...range(7));
    await world.write(topic.name, 'b', 'Tested', { round });
    wake.signal();
  }
  await relay.drained();

  const probe = await readAll(log);
  expect(sequencesOf(probe, 'a')).toEqual(range(35));
  expect(probe.seen).toHaveLength(40);
  expect(await world.admin.number('SELECT count(*) FROM payments.outbox WHERE published_at IS NULL')).toBe(0);
  const first = await world.admin.row(`SELECT event_id, created_at FROM payments.outbox WHERE key = 'b' AND sequence = 1`);
  const arrived = probe.seen.find(({ key, sequence }) => key === 'b' && sequence === 1);
  expect(arrived?.eventId.slice(4)).toBe(String(first['event_id']).replaceAll('-', ''));
  expect(arrived?.time).toEqual(first['created_at']);
  expect(arrived?.payload).toBe('{"round":0}');
});

test('a relay that dies between append and mark repeats records and never swaps them', async () => {
  await using world = await aSubgraph();
  await using log = aLog(world);
  await using wake = await aWake(world);
  await using proxy = await startFaultProxy(world.url);
  await world.write(topic.name, 'a', 'Tested', ...range(25));
  const dying = withAppend(log, async (records) => {
    await log.append(records);
    if (records.some(({ sequence }) => sequence === 20)) proxy.cut(); // its connection ends before the mark
  });

  await using _first = await startRelay({
    databaseUrl: proxy.through(world.url),
    name: 'payments',
    log: dying,
    wake,
    logger: silent,
    batch: 10,
  });
  await eventually(async () => (await world.admin.number('SELECT count(*) FROM payments.outbox WHERE published_at IS NOT NULL')) === 10);
  await using second = await startRelay({ databaseUrl: world.url, name: 'payments', log, wake, logger: silent, batch: 10, pollMs: 50 });
  await second.drained();

  const probe = await readAll(log);
  expect(probe.seen.map(({ sequence }) => sequence)).toEqual([...range(20), ...range(25).slice(10)]);
  expect(new Set(probe.seen.map(({ eventId }) => eventId)).size).toBe(25);
});

test('no committed event is lost and no key loses its order under concurrent writers that roll back', async () => {
  await using world = await aSubgraph();
  await using log = aLog(world);
  await using wake = await aWake(world);
  await using relay = await startRelay({ databaseUrl: world.url, name: 'payments', log, wake, logger: silent, batch: 20 });
  const keys = range(5).map((number) => `key-${String(number)}`);

  await Promise.all(
    range(8).map(async (writer) => {
      for (let round = 0; round < 40; round += 1) {
        const key = keys[(writer * 7 + round) % keys.length] ?? 'key-1';
        const rollsBack = (writer + round) % 13 === 0;
        const written = world.transact(async (sql) => {
          await sql.rows('SELECT pg_advisory_xact_lock(hashtext($1))', [key]);
          await sql.count(
            `INSERT INTO outbox (event_id, topic, key, sequence, type, payload) SELECT gen_random_uuid(), $1, $2, coalesce(max(sequence), 0) + 1, 'Tested', '{}' FROM outbox WHERE topic = $1 AND key = $2`,
            [topic.name, key],
          );
          if (writer % 2 === 0) await sql.rows('SELECT pg_sleep(0.003)'); // ids are given in another order than commits happen
          if (rollsBack) throw new Error('rolled back');
        });
        await written.catch((error: Error) => expect(error.message).toBe('rolled back'));
        wake.signal();
      }
    }),
  );
  await relay.drained();

  const probe = await readAll(log);
  const committed = await world.admin.rows('SELECT key, count(*)::int AS events FROM payments.outbox GROUP BY key');
  expect(committed.reduce((sum, { events }) => sum + Number(events), 0)).toBeGreaterThan(250);
  for (const { key, events } of committed) {
    expect(probe.seen.filter((record) => record.key === key).map(({ sequence }) => sequence)).toEqual(range(Number(events)));
  }
});

test('a record that the log refuses parks its key while others go on, until a redrive returns it', async () => {
  await using world = await aSubgraph();
  await using log = aLog(world);
  await using wake = await aWake(world);
  const { logger, lines } = aListeningLogger();
  let refusing = true;
  let refusals = 0;
  const choosy = withAppend(log, async (records) => {
    if (refusing && records.some(({ key, sequence }) => key === 'bad' && sequence === 2)) {
      refusals += 1;
      throw new RecordRefusedError('too large');
    }
    await log.append(records);
  });
  await world.write(topic.name, 'good', 'Tested', 1, 2);
  await world.write(topic.name, 'bad', 'Tested', 1, 2, 3);
  await world.write(topic.name, 'good', 'Tested', 3, 4);

  await using relay = await startRelay({ databaseUrl: world.url, name: 'payments', log: choosy, wake, logger, pollMs: 20 });
  await relay.drained();
  await world.write(topic.name, 'bad', 'Tested', 4);
  await world.write(topic.name, 'good', 'Tested', 5);
  await relay.drained();

  const parked = await world.admin.row('SELECT key, sequence::int, attempts FROM payments.outbox WHERE parked_at IS NOT NULL');
  expect(parked).toEqual({ key: 'bad', sequence: 2, attempts: 5 });
  expect(lines.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
    'the log refuses a record for good: its key is parked',
  ]);
  const before = await readAll(log);
  expect(sequencesOf(before, 'good')).toEqual(range(5));
  expect(sequencesOf(before, 'bad')).toEqual([1]);
  expect(refusals).toBeGreaterThan(5); // the batch was split

  refusing = false;
  expect(await world.transact((sql) => requestRedrive(sql, topic.name, 'bad'))).toEqual([{ consumer: null, key: 'bad' }]);
  await relay.drained();
  const after = await readAll(log);
  expect(sequencesOf(after, 'bad')).toEqual([2, 3, 4]);
});

test('an outage of the log is no fault of the rows: they wait, then arrive in order', async () => {
  await using world = await aSubgraph();
  await using log = aLog(world);
  await using wake = await aWake(world);
  let away = true;
  const absent = withAppend(log, async (records) => {
    if (away) throw new EventLogUnavailableError('away');
    await log.append(records);
  });
  await world.write(topic.name, 'a', 'Tested', ...range(12));
  await using relay = await startRelay({ databaseUrl: world.url, name: 'payments', log: absent, wake, logger: silent, batch: 5 });

  await eventually(() => relay.status === 'waiting');
  expect(await world.admin.number('SELECT count(*) FROM payments.outbox WHERE published_at IS NOT NULL OR attempts > 0')).toBe(0);
  away = false;
  await relay.drained();

  expect(sequencesOf(await readAll(log), 'a')).toEqual(range(12));
  expect(relay.status).toBe('active');
});

test('one relay of an outbox works at a time; another takes over when it goes, having emptied the outbox', async () => {
  await using world = await aSubgraph();
  await using log = aLog(world);
  await using wake = await aWake(world);
  const first = await startRelay({ databaseUrl: world.url, name: 'payments', log, wake, logger: silent, pollMs: 30 });
  await first.drained();
  await using second = await startRelay({ databaseUrl: world.url, name: 'payments', log, wake, logger: silent, pollMs: 30 });
  await eventually(() => second.status === 'standby');

  await world.write(topic.name, 'a', 'Tested', 1);
  await first[Symbol.asyncDispose]();
  expect(await world.admin.number('SELECT count(*) FROM payments.outbox WHERE published_at IS NULL')).toBe(0);
  await eventually(() => second.status === 'active');
  await world.write(topic.name, 'a', 'Tested', 2);
  await second.drained();

  expect(first.status).toBe('closed');
  expect(sequencesOf(await readAll(log), 'a')).toEqual([1, 2]);
});

test('a relay starts while its database is away and goes on when the connection is cut', async () => {
  await using world = await aSubgraph();
  await using log = aLog(world);
  await using wake = await aWake(world);
  await using proxy = await startFaultProxy(world.url);
  await world.write(topic.name, 'a', 'Tested', 1);
  proxy.cut();
  await using relay = await startRelay({ databaseUrl: proxy.through(world.url), name: 'payments', log, wake, logger: silent, pollMs: 30 });
  expect(relay.status).toBe('away');

  proxy.heal();
  await relay.drained();
  proxy.cut();
  await eventually(() => relay.status === 'away');
  await world.write(topic.name, 'a', 'Tested', 2);
  proxy.heal();
  await relay.drained();

  expect(sequencesOf(await readAll(log), 'a')).toEqual([1, 2]);
});

test('published rows are removed after a day, unpublished and younger ones stay', async () => {
  await using world = await aSubgraph();
  await world.write(topic.name, 'a', 'Tested', ...range(5));
  await world.admin.execute(`UPDATE payments.outbox SET published_at = now() - interval '25 hours' WHERE sequence <= 3`);
  await world.admin.execute(`UPDATE payments.outbox SET published_at = now() - interval '23 hours' WHERE sequence = 4`);
  await world.admin.execute(`UPDATE payments.outbox SET published_at = NULL WHERE sequence = 2`);
  const client = await openConnection(world.url, 'test');

  const through = await removePublished(client, '0');
  expect(through).not.toBeNull();
  expect(await removePublished(client, through ?? '0')).toBeNull();

  const kept = await sqlOnPg(client).rows<{ sequence: string }>('SELECT sequence FROM outbox ORDER BY id');
  await client.end();
  expect(kept.map(({ sequence }) => Number(sequence))).toEqual([2, 4, 5]);
});
