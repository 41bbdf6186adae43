import { accessAudience, accessIssuer, createVerifier, staticKeys } from '@tally/identity';
import { eventually, freshEmail } from '@tally/testkit';
import { expect, test } from 'vitest';
import { aUsersWorld, callerOf, login, payloadOf, register } from './world.ts';

test('who registers has an account, a session and both tokens, and the others hear of it', async () => {
  await using world = await aUsersWorld();
  const email = freshEmail('Ada').replace('ada', 'ADA');

  const signedIn = payloadOf(
    await world.ask(register, { input: { email, password: 'seven green bottles', displayName: ' Ada ' } }),
    'register',
  );

  const { user } = signedIn;
  expect(signedIn.userErrors).toEqual([]);
  expect(user).toMatchObject({ email: email.toLowerCase(), displayName: 'Ada', role: 'CUSTOMER' });
  const verifier = createVerifier({
    kind: 'access',
    issuer: accessIssuer,
    audience: accessAudience,
    keys: staticKeys((await world.users.jwks()).keys),
  });
  const caller = await verifier.verify(signedIn.accessToken ?? '');
  expect(caller).toMatchObject({ kind: 'user', userId: user?.id, scopes: [], expiresAt: new Date(signedIn.expiresAt ?? '') });
  expect(await world.events('users.user.v1', user?.id ?? '')).toEqual([
    { type: 'UserChanged', sequence: 1, data: { user: { id: user?.id }, email: email.toLowerCase(), displayName: 'Ada', locale: 'en' } },
  ]);
  expect(await world.events('users.session.v1', user?.id ?? '')).toEqual([
    { type: 'SignedIn', sequence: 1, data: { user: { id: user?.id }, session: { id: callerOf(signedIn.accessToken).sessionId } } },
  ]);
});

test('what is committed reaches the log', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();

  await world.users.caughtUp();

  await eventually(async () => {
    expect(await world.sql.number('SELECT count(*) FROM outbox WHERE key = $1 AND published_at IS NULL', [ada.id])).toBe(0);
  });
});

test('an address is taken once, whoever comes first', async () => {
  await using world = await aUsersWorld();
  const input = { email: freshEmail(), password: 'seven green bottles' };

  const answers = await Promise.all(
    Array.from({ length: 4 }, (_, at) => world.ask(register, { input: { ...input, password: `${input.password} ${String(at)}` } })),
  );

  const codes = answers.map((answer) => payloadOf(answer, 'register').userErrors[0]?.code ?? 'OK').sort();
  expect(codes).toEqual(['EMAIL_TAKEN', 'EMAIL_TAKEN', 'EMAIL_TAKEN', 'OK']);
  expect(await world.sql.number('SELECT count(*) FROM account')).toBe(1);
  expect(await world.sql.number('SELECT count(*) FROM session')).toBe(1);
});

test('each sign-in opens a session of its own, in whichever spelling the address comes', async () => {
  await using world = await aUsersWorld();
  const { id, email, password } = await world.person();

  const first = payloadOf(await world.ask(login, { input: { email: ` ${email.toUpperCase()} `, password } }), 'login');
  const second = payloadOf(await world.ask(login, { input: { email, password } }), 'login');

  const sessions = [first, second].map(({ accessToken }) => callerOf(accessToken).sessionId);
  expect(new Set(sessions).size).toBe(2);
  expect(first.user?.id).toBe(id);
  const told = (await world.events('users.session.v1', id)).map(({ type, sequence }) => ({ type, sequence }));
  expect(told).toEqual([1, 2, 3].map((sequence) => ({ type: 'SignedIn', sequence })));
});

test('an account that nobody can sign in to behaves like one that does not exist', async () => {
  await using world = await aUsersWorld();
  const { id, email, password } = await world.person();
  await world.sql.execute(`UPDATE account SET password_hash = '!' WHERE email = $1`, [email]);

  const refused = payloadOf(await world.ask(login, { input: { email, password } }), 'login');

  expect(refused).toMatchObject({ accessToken: null, user: null, userErrors: [{ code: 'BAD_CREDENTIALS' }] });
  expect(await world.events('users.session.v1', id)).toHaveLength(1);
});

test('neither password nor token nor hash nor address is in a log line or a table that is not theirs', async () => {
  await using world = await aUsersWorld();
  const { email, password, refreshToken } = await world.person();
  await world.ask(login, { input: { email, password: `${password}!` } });

  const tables = await world.sql
    .rows(`SELECT to_jsonb(session)::text AS text FROM session UNION ALL SELECT to_jsonb(refresh_token)::text FROM refresh_token
    UNION ALL SELECT to_jsonb(login_attempts)::text FROM login_attempts UNION ALL SELECT to_jsonb(account)::text FROM account`);
  const [log, rows] = [world.lines.join(''), JSON.stringify(tables)];

  for (const secret of [password, refreshToken, '$argon2id$']) expect(log).not.toContain(secret);
  expect(log).not.toContain(email);
  for (const secret of [password, refreshToken]) expect(rows).not.toContain(secret);
});

test('a sign-in is ten statements, the commands around its two transactions included', async () => {
  await using world = await aUsersWorld({ roles: ['api'] });
  const { email, password } = await world.person();
  world.statements.length = 0;

  await world.ask(login, { input: { email, password } });

  const verbs = world.statements.map((text) => text.trimStart().split(/\s/, 1)[0]);
  expect(verbs).toEqual(['BEGIN', 'INSERT', 'UPDATE', 'SELECT', 'COMMIT', 'BEGIN', 'DELETE', 'WITH', 'INSERT', 'COMMIT']);
});
