import { startRedis } from '@tally/infra';
import type { RedisAddress } from '@tally/redis';
import { eventually, freshKey, infra } from '@tally/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import type { GatewayConfig } from '../src/index.ts';
import { aWorld, leak, seen, type World } from './world.ts';

afterAll(() => {
  for (const text of seen) expect(text).not.toMatch(leak);
});

const redisAt = (port: number, prefix = `${freshKey('gateway')}:`): RedisAddress => ({
  host: '127.0.0.1',
  port,
  tls: false,
  username: null,
  password: null,
  database: 0,
  prefix,
});

const rationed = (redis: RedisAddress): Partial<GatewayConfig> => ({
  redis,
  replicas: 2,
  rateLimits: { buckets: [{ name: 'sign-in', fields: ['Mutation.signIn'], per: 'address', points: 6, seconds: 60, withoutRedis: 'half' }] },
});

/** How many of so many attempts are let through. */
async function signIns(world: World, times: number): Promise<number> {
  const replies = await Promise.all(Array.from({ length: times }, () => world.ask('mutation { signIn(name: "x") }')));
  return replies.filter(({ status }) => status === 200).length;
}

const healthOf = async (world: World): Promise<unknown> => {
  const response = await fetch(`${world.url}/health/ready`);
  const { dependencies } = (await response.json()) as { readonly dependencies: { readonly redis?: string } };
  return [response.status, dependencies.redis];
};

describe.skipIf(infra.redisUrl === null)('a gateway with Redis', () => {
  test('A19 two gateways share a limit; without Redis each has less than that, and both stay ready', { timeout: 60_000 }, async () => {
    await using server = await startRedis();
    const redis = redisAt(server.port);
    await using one = await aWorld({ config: rationed(redis) });
    await using other = await aWorld({ config: rationed(redis) });

    expect([await signIns(one, 4), await signIns(other, 4)]).toEqual([4, 2]);
    expect([await healthOf(one), await healthOf(other)]).toEqual([
      [200, 'ok'],
      [200, 'ok'],
    ]);

    await server.stop();
    for (const world of [one, other]) await eventually(async () => expect(await healthOf(world)).toEqual([200, 'down']));
    expect([await signIns(one, 8), await signIns(other, 8)]).toEqual([3, 3]);

    await server.start();
    for (const world of [one, other])
      await eventually(async () => expect(await healthOf(world)).toEqual([200, 'ok']), { timeoutMs: 10_000 });
    expect([await signIns(one, 4), await signIns(other, 4)]).toEqual([4, 2]);
    expect(one.log.filter(({ msg }) => String(msg).startsWith('Redis at '))).toHaveLength(2);
  });

  test('a gateway whose Redis is away starts and serves', async () => {
    await using world = await aWorld({ config: rationed(redisAt(1)) });

    expect(await healthOf(world)).toEqual([200, 'down']);
    expect(await signIns(world, 8)).toBe(3);
  });

  test('a Redis that refuses the password stops the start in one line', async () => {
    await using server = await startRedis({ password: 'right' });

    await expect(aWorld({ config: rationed({ ...redisAt(server.port), password: 'wrong' }) })).rejects.toThrow(
      /^Redis at 127\.0\.0\.1:\d+ \(REDIS_URL\): wrong user or password: correct the URL$/,
    );
  });
});

test('a bucket that says no known word about Redis stops the start in one line', async () => {
  const bucket = { name: 'x', fields: ['Mutation.signIn'], per: 'address' as const, points: 1, seconds: 1, withoutRedis: 'open' as 'half' };

  await expect(aWorld({ config: { rateLimits: { buckets: [bucket] } } })).rejects.toThrow(
    /^rate limits: buckets\.0\.withoutRedis [^\n]*"whole"\|"share"\|"half"[^\n]*$/,
  );
});
