import { decode } from '@tally/events';
import { isId, toUuid } from '@tally/kernel';
import { cloneDatabase, openSql } from '@tally/testkit';
import { expect, test } from 'vitest';
import { createPasswordHasher } from '../../subgraphs/users/src/adapters/argon2/password-hasher.ts';
import { parseEmail } from '../../subgraphs/users/src/domain/account.ts';
import { passwordFault } from '../../subgraphs/users/src/domain/password-rules.ts';
import { demoAccounts, seedUserId, seedUsers } from './seed.ts';
import { checksumOf, checksums } from './seed/checksums.ts';

const pepper = 'a pepper for this test';

test('the generator makes what the committed checksum says', () => {
  expect(checksumOf('ci')).toBe(checksums.ci);
});

test.each(['app', 'owner'] as const)(
  'a tier is loaded once by the %s role, with addresses and the events that tell of it, in less than two seconds',
  async (role) => {
    await using database = await cloneDatabase();
    await using sql = await openSql(database.urls.users.app);
    const lines: string[] = [];
    const seed = () => seedUsers({ url: database.urls.users[role], pepper, tier: 'ci', progress: (line) => lines.push(line) });

    const startedAt = performance.now();
    const first = await seed();
    const tookMs = performance.now() - startedAt;

    expect(first).toEqual({ seeded: true, users: 1_004 });
    expect(await seed()).toEqual({ seeded: false, users: 0 });
    expect(tookMs).toBeLessThan(2_000);
    expect(lines).toEqual(['1004 accounts']);
    expect(await sql.number('SELECT count(*) FROM account')).toBe(1_004);
    expect(await sql.number('SELECT count(*) FROM address')).toBe(5);
    expect(await sql.number(`SELECT count(*) FROM outbox WHERE topic = 'users.user.v1' AND type = 'UserChanged' AND sequence = 1`)).toBe(
      1_004,
    );
  },
);

test('two seeders at once load it once', async () => {
  await using database = await cloneDatabase();

  const both = await Promise.all([1, 2].map(() => seedUsers({ url: database.urls.users.app, pepper, tier: 'ci' })));

  expect(both.map(({ seeded }) => seeded).sort()).toEqual([false, true]);
});

test('every event of the seed is one that its readers understand, under the key of its user', async () => {
  await using database = await cloneDatabase();
  await using sql = await openSql(database.urls.users.app);
  await seedUsers({ url: database.urls.users.app, pepper, tier: 'ci' });

  const rows = await sql.rows('SELECT event_id, topic, key, type, payload FROM outbox');

  for (const { event_id, topic, key, type, payload } of rows) {
    expect(isId('evt', `evt_${String(event_id).replaceAll('-', '')}`)).toBe(true);
    expect(decode(String(topic), String(type), String(payload))).toMatchObject({ user: { id: key } });
  }
  expect(new Set(rows.map(({ key }) => key)).size).toBe(1_004);
});

test('the demo password signs in to the demo accounts and to nobody else', async () => {
  await using database = await cloneDatabase();
  await using sql = await openSql(database.urls.users.app);
  await seedUsers({ url: database.urls.users.app, pepper, tier: 'ci' });
  const hasher = createPasswordHasher(pepper);

  const rows = await sql.rows(`SELECT email, role, password_hash FROM account WHERE password_hash <> '!' ORDER BY created_at`);

  expect(rows.map(({ email, role }) => ({ email, role }))).toEqual(demoAccounts.map(({ email, role }) => ({ email, role })));
  expect(new Set(rows.map(({ password_hash }) => password_hash)).size).toBe(1);
  expect(await hasher.verify(String(rows[0]?.['password_hash']), demoAccounts[0].password)).toBe('right');
  expect(await hasher.verify('!', demoAccounts[0].password)).toBe('wrong');
});

test('what is seeded obeys the rules of what is registered', async () => {
  await using database = await cloneDatabase();
  await using sql = await openSql(database.urls.users.app);
  await seedUsers({ url: database.urls.users.app, pepper, tier: 'ci' });

  const emails = (await sql.rows('SELECT email FROM account')).map(({ email }) => String(email));

  expect(emails.filter((email) => parseEmail(email) !== email)).toEqual([]);
  expect(demoAccounts.map(({ password }) => passwordFault(password))).toEqual([null, null, null, null]);
  expect(await sql.number('SELECT count(*) FROM address WHERE is_default')).toBe(demoAccounts.length);
});

test('the ids of seeded users are known without asking', async () => {
  await using database = await cloneDatabase();
  await using sql = await openSql(database.urls.users.app);
  await seedUsers({ url: database.urls.users.app, pepper, tier: 'ci' });

  expect(
    await sql.number('SELECT count(*) FROM account WHERE id = ANY($1)', [[seedUserId(0), seedUserId(999), demoAccounts[3].id].map(toUuid)]),
  ).toBe(3);
  expect(isId('usr', seedUserId(0))).toBe(true);
});
