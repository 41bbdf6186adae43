import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findParts, startRedis } from '@tally/infra';
import { readCpu } from '../measure/cpu.ts';

/** Where a platform keeps the catalogue rows that are read often. */
export const cacheNames = ['cache off', 'in-process', 'Redis'] as const;

export type CacheName = (typeof cacheNames)[number];

/** A way to keep them, ready for a platform to be started with it. */
export interface Cache {
  readonly name: CacheName;
  /** Settings of the platform. */
  readonly environment: Readonly<Record<string, string>>;
  /** CPU time of redis-server so far, in milliseconds; always 0 without one. */
  readonly redisMs: () => Promise<number>;
}

/** Why this machine has no Redis, and what to do about it; `null` where it has. */
export async function whyNoRedis(): Promise<string | null> {
  const { redis } = await findParts();
  return redis.found ? null : `${redis.missing}: ${redis.remedy}`;
}

/** @param stack takes over a Redis that was started for it. */
export async function openCache(name: CacheName, stack: AsyncDisposableStack): Promise<Cache> {
  const unspent = { name, redisMs: () => Promise.resolve(0) };
  if (name === 'cache off') return { ...unspent, environment: { HOT_READS_MAX: '0' } };
  if (name === 'in-process') return { ...unspent, environment: {} };
  const server = stack.use(await startRedis({ settings: { pidfile: 'redis.pid' } }));
  // Relative to the folder that it keeps its log in.
  const pid = Number(await readFile(join(dirname(server.logFile), 'redis.pid'), 'utf8'));
  return { name, environment: { REDIS_URL: server.url }, redisMs: async () => (await readCpu(pid, pid)).process };
}
