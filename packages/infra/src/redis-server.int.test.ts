import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { readMachine } from './config.ts';
import { findRedis } from './find-parts.ts';
import { startRedis } from './redis-server.ts';

const { found } = await findRedis(readMachine());

describe.skipIf(!found)('a Redis for tests', () => {
  test('two have ports and keys of their own', async () => {
    await using one = await startRedis();
    await using other = await startRedis();

    await asked(one.url, (redis) => redis.set('mug', 'red'));

    expect(one.port).not.toBe(other.port);
    expect(await asked(other.url, (redis) => redis.get('mug'))).toBeNull();
  });

  test('a stopped one starts again on its port, with nothing in it', async () => {
    await using server = await startRedis();
    await asked(server.url, (redis) => redis.set('mug', 'red'));

    await server.stop();
    await expect(asked(server.url, (redis) => redis.ping())).rejects.toThrow();
    await server.start();

    expect(await asked(server.url, (redis) => redis.get('mug'))).toBeNull();
  });

  test('a killed one starts again, and starting what runs changes nothing', async () => {
    await using server = await startRedis();
    await server.kill();
    await server.start();
    await asked(server.url, (redis) => redis.set('mug', 'red'));

    await server.start();

    expect(await asked(server.url, (redis) => redis.get('mug'))).toBe('red');
  });

  test('a password and settings are as asked', async () => {
    await using server = await startRedis({ password: 'p@ss/word', settings: { 'maxmemory-policy': 'allkeys-lru' } });

    expect(await asked(server.url, (redis) => redis.config('GET', 'maxmemory-policy'))).toEqual(['maxmemory-policy', 'allkeys-lru']);
    await expect(asked(`redis://127.0.0.1:${server.port}`, (redis) => redis.get('mug'))).rejects.toThrow();
  });

  test('one that does not start says why, in its own words', async () => {
    await expect(startRedis({ settings: { 'no-such-setting': '1' } })).rejects.toThrow(
      /^Redis did not start \(exit code 1\); the end of its log:\n[^]*no-such-setting/,
    );
  });

  test('a disposed one leaves no folder behind', async () => {
    const server = await startRedis();
    expect(existsSync(server.logFile)).toBe(true);

    await server[Symbol.asyncDispose]();

    expect(existsSync(dirname(server.logFile))).toBe(false);
  });
});

async function asked<Answer>(url: string, question: (redis: Redis) => Promise<Answer>): Promise<Answer> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}
