import { expect, test } from 'vitest';
import { runningAttempts } from './attempts.ts';
import type { Counters } from './counters.ts';
import { anonymousAt, counted, enter, rateLimiterContract, send } from './rate-limiter.contract.ts';
import { createRateLimiter, networkOf } from './rate-limiter.ts';
import type { Bucket } from './rate-limits.ts';

rateLimiterContract('in process', () =>
  Promise.resolve({
    limiters: ({ factor, telemetry }) => [createRateLimiter({ factor, together: null, replicas: 1, telemetry })],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }),
);

const attempts = (bucket: Bucket, text: string, variables: Record<string, unknown> = {}): readonly (string | null)[] =>
  counted(bucket, text).flatMap((one) => runningAttempts(one, variables));

test.each([
  ['each alias', 'mutation { a: enter b: enter }', 2],
  ['each use of a fragment under its own parent', '{ a: me { ...F } b: me { ...F } } fragment F on User { friends { name } }', 4],
  ['a field met through an interface', '{ node { name } }', 1],
  ['a field narrowed to another type: none', '{ node { ... on Robot { name } } }', 0],
  ['nothing of other fields', '{ __typename }', 0],
])('what counts is %s', (_, text, count) => {
  const bucket: Bucket = { ...enter, fields: ['Mutation.enter', 'User.name', 'User.friends'] };

  expect(attempts(bucket, text)).toHaveLength(count);
});

test('a star counts every root field', () => {
  expect(attempts({ ...enter, fields: ['*'] }, '{ me { name friends { name } } node { id } x: me { id } }')).toHaveLength(3);
});

test('the value that tells attempts apart is read from literals and variables alike', () => {
  expect(attempts(send, 'mutation { send(input: { key: "a" }) }')).toEqual(['a']);
  expect(attempts(send, 'mutation ($k: String) { send(input: { key: $k }) }', { k: 'b' })).toEqual(['b']);
  expect(attempts(send, 'mutation ($i: Message!) { send(input: $i) }', { i: { key: 'c' } })).toEqual(['c']);
  expect(attempts(send, 'mutation ($i: Message!) { send(input: $i) }', { i: { text: 'no key' } })).toEqual([null]);
  expect(attempts(send, 'mutation ($no: Boolean!) { send(input: {}) @skip(if: $no) }', { no: true })).toEqual([]);
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2:ffff::1', '2001:db8:1:2'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

/** Counts nothing: Redis is away. */
const away: Counters = { take: () => Promise.reject(new Error('away')) };

/** How many of 30 attempts are let through. */
async function letThrough(bucket: Partial<Bucket>, together: Counters | null, replicas: number): Promise<number> {
  const sides: string[] = [];
  const telemetry = { limited: () => undefined, decided: (by: string) => sides.push(by) };
  const limiter = createRateLimiter({ factor: 1, together, replicas, telemetry });
  const asker = anonymousAt('192.0.2.1');
  const verdicts: unknown[] = [];
  for (let times = 0; times < 30; times += 1)
    verdicts.push(
      await limiter.admit(counted({ ...enter, points: 20, ...bucket }, 'mutation { enter }'), asker, {}).then(
        () => 'ok',
        () => 'refused',
      ),
    );
  expect(new Set(sides)).toEqual(new Set(['process']));
  return verdicts.filter((verdict) => verdict === 'ok').length;
}

test.each([
  ['whole', 1, 20],
  ['whole', 4, 20],
  ['share', 1, 20],
  ['share', 3, 6],
  ['share', 100, 1],
  ['half', 1, 10],
  ['half', 2, 10],
  ['half', 4, 5],
  ['half', 100, 1],
] as const)('A19 with Redis away a bucket "%s" of 20 gives %i gateways so much each: %i', async (withoutRedis, replicas, points) => {
  expect(await letThrough({ withoutRedis }, away, replicas)).toBe(points);
});

test.each([
  ['whole', 4, 20],
  ['share', 4, 5],
  ['half', 1, 20],
  ['half', 4, 5],
] as const)(
  'where there never was a Redis, a bucket "%s" of 20 gives %i gateways so much each: %i',
  async (withoutRedis, replicas, points) => {
    expect(await letThrough({ withoutRedis }, null, replicas)).toBe(points);
  },
);
