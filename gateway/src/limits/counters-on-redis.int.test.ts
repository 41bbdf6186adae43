import { startRedis } from '@tally/infra';
import { openRedis, redisAddressOf, redisSettings, type RedisConnection } from '@tally/redis';
import { createLogger } from '@tally/runtime';
import { eventually, freshKey, infra } from '@tally/testkit';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createCountersOnRedis } from './counters-on-redis.ts';
import { countersContract } from './counters.contract.ts';
import { anonymousAt, counted, enter, rateLimiterContract, send } from './rate-limiter.contract.ts';
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts';

const url = infra.redisUrl ?? '';

/** As one gateway has it. */
async function connect(redisUrl: string, prefix: string, deadlineMs: number): Promise<RedisConnection> {
  const address = redisAddressOf(z.object(redisSettings).parse({ REDIS_URL: redisUrl, REDIS_PREFIX: prefix }));
  if (address === null) throw new Error('no address');
  return await openRedis({ address, name: 'test', deadlineMs, logger: createLogger({ service: 'test', level: 'silent' }) });
}

/** As two gateways have it; more patient than they are, for machines that run many tests at once. */
async function connectTwice(redisUrl = url, deadlineMs = 2_000) {
  await using stack = new AsyncDisposableStack();
  const prefix = `${freshKey('rate')}:`;
  const connections = [
    stack.use(await connect(redisUrl, prefix, deadlineMs)),
    stack.use(await connect(redisUrl, prefix, deadlineMs)),
  ] as const;
  const owned = stack.move();
  return { connections, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const keysOf = (redis: RedisConnection): Promise<string[]> => redis.run((to) => to.keys(`${redis.prefix}*`));

describe.skipIf(infra.redisUrl === null)('rate limits on Redis', () => {
  countersContract('on Redis', async () => {
    const { connections, ...world } = await connectTwice();
    return { ...world, counters: [createCountersOnRedis(connections[0]), createCountersOnRedis(connections[1])] };
  });

  rateLimiterContract('on Redis, by two gateways', async () => {
    const { connections, ...world } = await connectTwice();
    return {
      ...world,
      limiters: ({ factor, telemetry }) =>
        connections.map((redis) => createRateLimiter({ factor, together: createCountersOnRedis(redis), replicas: 2, telemetry })),
    };
  });

  test('what is counted goes by itself with its window', async () => {
    await using world = await connectTwice();
    const [redis] = world.connections;
    await createCountersOnRedis(redis).take({ bucket: 'b', owner: 'o', points: 5, seconds: 60, attempts: [null, 'a', 'b'] });

    const left = await Promise.all((await keysOf(redis)).map((key) => redis.run((to) => to.pttl(key))));

    expect(left).toHaveLength(3);
    expect(left.every((ms) => ms > 50_000 && ms <= 60_000)).toBe(true);
  });

  test('a value that clients choose, such as a key, cannot be read in Redis', async () => {
    await using world = await connectTwice();
    const [redis] = world.connections;
    await createCountersOnRedis(redis).take({ bucket: 'b', owner: 'o', points: 5, seconds: 60, attempts: ['my secret'] });

    expect((await keysOf(redis)).join()).not.toContain('secret');
  });

  test('A19 F7 Redis stops, is slow, is emptied and comes back: never without a limit, and never a wait', { timeout: 60_000 }, async () => {
    await using server = await startRedis();
    await using world = await connectTwice(server.url, 200);
    const [redis] = world.connections;
    const sides: string[] = [];
    const telemetry = { limited: () => undefined, decided: (by: string) => sides.push(by) };
    const limiter = createRateLimiter({ factor: 1, together: createCountersOnRedis(redis), replicas: 2, telemetry });
    const bucket = { ...enter, points: 10 };
    let address = 0;
    const somebody = () => anonymousAt(`192.0.2.${String((address += 1))}`);
    /** How many of 20 attempts are let through, who decided, and how long it took in milliseconds. */
    const rush = async (asker = somebody()) => {
      sides.length = 0;
      const started = performance.now();
      const through = (await attempt(limiter, asker, 20)).filter((admitted) => admitted).length;
      return { through, sides: [...new Set(sides)].sort(), ms: performance.now() - started };
    };
    const attempt = async (by: RateLimiter, asker: ReturnType<typeof somebody>, times: number): Promise<readonly boolean[]> => {
      const answers: boolean[] = [];
      for (let left = times; left > 0; left -= 1)
        answers.push(
          await by.admit(counted(bucket, 'mutation { enter }'), asker, {}).then(
            () => true,
            () => false,
          ),
        );
      return answers;
    };
    const noor = somebody();
    expect(await rush(noor)).toMatchObject({ through: 10, sides: ['redis'] });

    await redis.run((to) => to.flushall());
    expect(await rush(noor)).toMatchObject({ through: 10, sides: ['redis'] });

    await redis.run((to) => to.call('CLIENT', 'PAUSE', 5_000, 'ALL'));
    const slow = await rush();
    expect(slow).toMatchObject({ through: 5, sides: ['process'] });
    expect(slow.ms).toBeLessThan(2_000);

    await server.stop();
    await eventually(() => redis.state === 'down');
    const without = await rush();
    expect(without).toMatchObject({ through: 5, sides: ['process'] });
    expect(without.ms).toBeLessThan(500);

    await server.start();
    await eventually(() => redis.state === 'ok', { timeoutMs: 10_000 });
    expect(await rush()).toMatchObject({ through: 10, sides: ['redis'] });
  });

  test('two gateways that lose Redis at once let a caller repeat a key and no more than the bucket allows each', async () => {
    await using server = await startRedis();
    await using world = await connectTwice(server.url);
    const telemetry = { limited: () => undefined, decided: () => undefined };
    const gateways = world.connections.map((redis) =>
      createRateLimiter({ factor: 1, together: createCountersOnRedis(redis), replicas: 2, telemetry }),
    );
    await server.stop();
    await eventually(() => world.connections.every(({ state }) => state === 'down'));

    const answers = [];
    for (const limiter of gateways)
      for (const key of ['a', 'a', 'b', 'c'])
        answers.push(
          await limiter.admit(counted(send, `mutation { send(input: { key: "${key}" }) }`), anonymousAt('192.0.2.1'), {}).then(
            () => key,
            () => 'refused',
          ),
        );

    expect(answers).toEqual(['a', 'a', 'b', 'refused', 'a', 'a', 'b', 'refused']);
  });
});
