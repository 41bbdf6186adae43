import { ApolloClient, gql, HttpLink, InMemoryCache, type ErrorLike } from '@apollo/client/core/index.js';
import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { ask } from './event-source.ts';
import { refused } from './transports-engine.ts';
import { aTransportsWorld, type TransportsWorld } from './transports-world.ts';

const headers = { accept: 'multipart/mixed;subscriptionSpec="1.0", application/json', 'content-type': 'application/json' };

interface Listening {
  readonly seen: unknown[];
  readonly errors: ErrorLike[];
  completed: boolean;
  readonly stop: () => void;
}

/** Apollo Client as it is installed, over its own HTTP link. */
function listen(world: TransportsWorld, token?: string): Listening {
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: new HttpLink({ uri: `${world.url}/graphql`, ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }) }),
  });
  const listening: Listening = { seen: [], errors: [], completed: false, stop: () => subscription.unsubscribe() };
  const subscription = client
    .subscribe({ query: gql('subscription A($x: Int) { a(x: $x) }'), variables: { x: 1 }, fetchPolicy: 'no-cache' })
    .subscribe({
      next({ data, error }) {
        if (error === undefined) listening.seen.push(data);
        else listening.errors.push(error);
      },
      error: (error: ErrorLike) => listening.errors.push(error),
      complete: () => (listening.completed = true),
    });
  return listening;
}

test('Apollo Client gets each result when it happens', async () => {
  await using world = await aTransportsWorld({ limits: { heartbeatMs: 40 } });
  const listening = listen(world, 'ada');
  await eventually(() => world.engine.streams.length === 1);

  world.engine.streams[0]?.push('{"data":{"a":"☕"}}', 1);
  await eventually(() => listening.seen.length === 1);
  world.engine.streams[0]?.push('{"data":{"a":"--graphql"}}', 2);
  await eventually(() => listening.seen.length === 2);

  expect(listening.seen).toEqual([{ a: '☕' }, { a: '--graphql' }]);
  expect(listening.errors).toEqual([]);
  expect(world.engine.requests[0]).toMatchObject({
    variables: { x: 1 },
    operationName: 'A',
    caller: { scopes: ['ada'] },
    protocol: 'multipart',
  });

  listening.stop();
  await eventually(() => world.engine.streams.length === 0);
});

test('Apollo Client sees the end of a stream', async () => {
  await using world = await aTransportsWorld();
  const listening = listen(world);
  await eventually(() => world.engine.streams.length === 1);

  world.engine.streams[0]?.push('{"data":{"a":"last"}}');
  world.engine.streams[0]?.end('failed');
  await eventually(() => listening.completed);

  expect(listening.seen).toEqual([{ a: 'last' }]);
  expect(listening.errors).toEqual([]);
});

test.each([
  ['the engine', (world: TransportsWorld) => world.engine.streams[0]?.end('slow_consumer', [{ message: 'SLOW' }]), 'SLOW'],
  ['a token that expires', (world: TransportsWorld) => world.present.get('ada')?.('token_expired'), 'The access token has expired.'],
  ['a shutdown', (world: TransportsWorld) => world.engine.streams[0]?.end('shutdown', [{ message: 'stopping' }]), 'stopping'],
])('Apollo Client learns why %s ended its stream', async (_, end, message) => {
  await using world = await aTransportsWorld();
  const listening = listen(world, 'ada');
  await eventually(() => world.engine.streams.length === 1);

  end(world);
  await eventually(() => listening.errors.length === 1);

  expect(listening.errors[0]?.message).toContain(message);
  expect(world.engine.streams).toHaveLength(0);
});

test('Apollo Client learns why it was refused', async () => {
  await using world = await aTransportsWorld();
  world.engine.behave(refused('FORBIDDEN', 403));
  const listening = listen(world);

  await eventually(() => listening.errors.length === 1);

  expect(listening.errors[0]?.message).toContain('said FORBIDDEN');
});

test('the parts are as the protocol says', async () => {
  await using world = await aTransportsWorld({ limits: { heartbeatMs: 200 } });
  using answer = await ask(world.url, { headers });
  await eventually(() => answer.text.includes('{}'));

  world.engine.streams[0]?.push('{"data":1}');
  world.engine.streams[0]?.end('failed', [{ message: 'over' }]);
  const text = await answer.rest();

  expect(answer.response.headers['content-type']).toBe('multipart/mixed;boundary="graphql";subscriptionSpec=1.0');
  const parts = text.split('\r\n--graphql');
  const bodies = parts.slice(1, -1).map((part) => part.split('\r\n\r\n')[1] ?? '');
  expect(parts[0]).toBe('');
  expect(parts.at(-1)).toBe('--\r\n');
  expect(parts[1]).toBe('\r\ncontent-type: application/json\r\n\r\n{}');
  expect(bodies.filter((body) => body !== '{}').map((body) => JSON.parse(body) as unknown)).toEqual([
    { payload: { data: 1 } },
    { payload: null, errors: [{ message: 'over' }] },
  ]);
});
