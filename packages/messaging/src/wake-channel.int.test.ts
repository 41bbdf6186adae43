import { cloneDatabase, eventually, openSql, startFaultProxy } from '@tally/testkit';
import { expect, test } from 'vitest';
import { aListeningLogger, silent } from '../test/silent-logger.ts';
import { openWakeChannel } from './wake-channel.ts';

const channel = 'outbox "orders"';

test('a signal reaches the listeners of its own process at once and those of others through the database', async () => {
  await using database = await cloneDatabase();
  const databaseUrl = database.urls.orders.app;
  await using here = await openWakeChannel({ databaseUrl, channel, remote: true, logger: silent });
  await using there = await openWakeChannel({ databaseUrl, channel, remote: true, logger: silent });
  await using elsewhere = await openWakeChannel({ databaseUrl, channel: 'another', remote: true, logger: silent });
  const heard = { here: [] as unknown[], there: [] as unknown[], elsewhere: [] as unknown[] };
  using _here = here.listen((subject) => heard.here.push(subject));
  using _there = there.listen((subject) => heard.there.push(subject));
  using _elsewhere = elsewhere.listen((subject) => heard.elsewhere.push(subject));

  here.signal('order-1');
  expect(heard.here).toEqual(['order-1']);
  here.signal();
  here.signal('x'.repeat(5000));
  await eventually(() => heard.there.length >= 2);

  expect(heard.there).toContain('order-1');
  expect(heard.there).toContain(null); // without a subject, or with one that is too long to travel
  expect(heard.here).toHaveLength(3); // its own words do not come back
  expect(heard.elsewhere).toEqual([]);
});

test('many signals become few statements', async () => {
  await using database = await cloneDatabase();
  const databaseUrl = database.urls.orders.app;
  await using here = await openWakeChannel({ databaseUrl, channel, remote: true, logger: silent });
  await using there = await openWakeChannel({ databaseUrl, channel, remote: true, logger: silent });
  const heard: unknown[] = [];
  using _there = there.listen((subject) => heard.push(subject));

  for (let at = 0; at < 1000; at += 1) here.signal();
  here.signal('last');
  await eventually(() => heard.includes('last'));

  expect(heard.length).toBeLessThan(10);
});

test('a channel opens while the database is away, says so once, and wakes everybody when it is back', async () => {
  await using database = await cloneDatabase();
  await using proxy = await startFaultProxy(database.urls.orders.app);
  await using admin = await openSql(database.adminUrl);
  proxy.cut();
  const { logger, lines } = aListeningLogger();
  await using wake = await openWakeChannel({ databaseUrl: proxy.through(database.urls.orders.app), channel, remote: true, logger });
  const heard: unknown[] = [];
  using _listening = wake.listen((subject) => heard.push(subject));
  expect(wake.healthy).toBe(false);
  wake.signal('dropped');

  proxy.heal();
  await eventually(() => wake.healthy);
  expect(heard).toEqual(['dropped', null]);
  expect(lines.map(({ level }) => level)).toEqual(['warn']);

  await admin.rows(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'wake%' AND datname = current_database()`,
  );
  await eventually(() => heard.length === 3 && wake.healthy);
});

test('a listener that fails harms nobody, one that is disposed of hears nothing', async () => {
  const { logger, lines } = aListeningLogger();
  await using wake = await openWakeChannel({ databaseUrl: 'postgresql://nowhere.invalid/x', channel, remote: false, logger });
  const heard: unknown[] = [];
  using _failing = wake.listen(() => {
    throw new Error('a bug');
  });
  const listening = wake.listen((subject) => heard.push(subject));
  wake.signal('one');
  listening[Symbol.dispose]();
  wake.signal('two');

  expect(heard).toEqual(['one']);
  expect(lines.map(({ level }) => level)).toEqual(['error', 'error']);
  expect(wake.healthy).toBe(true);
});
