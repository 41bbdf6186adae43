import { accessAudience, accessIssuer, createSigner } from '@tally/identity';
import { newId, type Id } from '@tally/kernel';
import { createPostgresEventLog, type EventLog } from '@tally/messaging';
import { createLogger } from '@tally/runtime';
import { cloneDatabase, eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { aWorld, user, type Reply, type World } from './world.ts';

const topic = { name: 'library.session.v1', partitions: 4, compacted: false, retentionDays: 7 };
const sessions = { topic: topic.name, ended: { SessionEnded: 'reader.session', CardLost: 'session' } };
const logger = createLogger({ service: 'test', level: 'silent' });

/** A log, and a gateway that follows it. */
async function aFollowingWorld() {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await cloneDatabase());
  const databaseUrl = database.urls.event_log.app;
  const log = stack.use(createPostgresEventLog({ databaseUrl, topics: [topic], logger, trimEveryMs: 0 }));
  await log.ensureTopics();
  const world = stack.use(await aWorld({ config: { eventLog: { kind: 'postgres', databaseUrl }, sessions } }));
  const owned = stack.move();
  return { world, log, databaseUrl, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function tokenOf(world: World, sessionId: Id<'ses'>, userId = user.userId): Promise<string> {
  const signer = createSigner({ kind: 'access', issuer: accessIssuer, key: world.usersKey });
  return (await signer.sign({ ...user, userId, sessionId }, accessAudience)).token;
}

let sequence = 0;
const tell = (log: EventLog, type: string, payload: string): Promise<void> =>
  log.append([
    {
      topic: topic.name,
      key: user.userId,
      eventId: newId('evt'),
      type,
      sequence: (sequence += 1),
      time: new Date(),
      traceparent: null,
      tracestate: null,
      payload,
    },
  ]);
const logOut = (log: EventLog, sessionId: Id<'ses'>): Promise<void> =>
  tell(log, 'SessionEnded', JSON.stringify({ reader: { session: sessionId } }));

const ask = (world: World, token: string): Promise<Reply> => world.ask('{ books { id } }', { token });
const isRefused = async (world: World, token: string): Promise<boolean> => (await ask(world, token)).status === 401;

test('a session that has ended is refused like a bad token within five seconds, and no other is', async () => {
  await using following = await aFollowingWorld();
  const { world, log } = following;
  const [ended, other] = [newId('ses'), newId('ses')];
  const [token, otherToken, colleague] = [
    await tokenOf(world, ended),
    await tokenOf(world, other),
    await tokenOf(world, newId('ses'), newId('usr')),
  ];
  expect((await ask(world, token)).status).toBe(200); // remembered as good from now on

  await logOut(log, ended);
  await eventually(() => isRefused(world, token), { timeoutMs: 5_000 });

  const fetched = world.fetches();
  const refused = await ask(world, token);
  const traceId: unknown = expect.any(String);
  expect(refused.body).toEqual({
    errors: [{ message: 'The access token is not valid.', extensions: { code: 'UNAUTHENTICATED', traceId } }],
  });
  expect(refused.headers.get('www-authenticate')).toBe('Bearer');
  expect(world.fetches()).toBe(fetched);
  for (const fine of [otherToken, colleague, await tokenOf(world, newId('ses'))]) expect((await ask(world, fine)).status).toBe(200);
});

test('a gateway that starts knows which sessions ended before, with its first request', async () => {
  await using following = await aFollowingWorld();
  const { world, log, databaseUrl } = following;
  const [ended, other] = [newId('ses'), newId('ses')];
  const [token, otherToken] = [await tokenOf(world, ended), await tokenOf(world, other)];
  await logOut(log, ended);
  await eventually(() => isRefused(world, token));
  const identity = { usersJwks: () => Promise.resolve({ keys: [world.usersKey.publicJwk] }), signingKey: world.gatewayKey };

  await using restarted = await aWorld({
    config: { eventLog: { kind: 'postgres', databaseUrl }, sessions, identity, subgraphs: world.doubles },
  });

  expect((await ask(restarted, token)).status).toBe(401);
  expect((await ask(restarted, otherToken)).status).toBe(200);
});

test('where the session stands in a record is configuration; other records and unreadable ones end nothing', async () => {
  await using following = await aFollowingWorld();
  const { world, log } = following;
  const [first, second] = [newId('ses'), newId('ses')];
  const [token, lost] = [await tokenOf(world, first), await tokenOf(world, second)];

  await tell(log, 'SessionBegan', JSON.stringify({ reader: { session: first } }));
  await tell(log, 'SessionEnded', JSON.stringify({ session: first }));
  await tell(log, 'SessionEnded', '{"reader":{"session":7}}');
  await tell(log, 'SessionEnded', 'no JSON');
  await tell(log, 'CardLost', JSON.stringify({ session: second }));
  await eventually(() => isRefused(world, lost));

  expect((await ask(world, token)).status).toBe(200);
  expect(world.log.filter(({ msg }) => msg === 'a session has ended, but the record does not say which')).toHaveLength(3);
});

test('while the log is away the gateway starts, serves and lets tokens live out their time', async () => {
  const nowhere = { kind: 'postgres' as const, databaseUrl: 'postgresql://event_log@127.0.0.1:1/nowhere' };
  const started = performance.now();

  await using world = await aWorld({ config: { eventLog: nowhere, sessions } });

  expect(performance.now() - started).toBeLessThan(5_000);
  expect((await fetch(`${world.url}/health/ready`)).status).toBe(200);
  expect((await ask(world, await world.tokenFor([]))).status).toBe(200);
});
