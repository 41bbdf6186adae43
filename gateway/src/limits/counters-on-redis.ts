import { createHash } from 'node:crypto';
import type { RedisConnection } from '@tally/redis';
import type { Counters } from './counters.ts';

// KEYS: points taken, then one per value that was let through. ARGV: points, window in milliseconds, attempts without a value. By itself, since a repeat
// that came between an attempt and its refusal would be let through.
const takeScript = `
local limit, window = tonumber(ARGV[1]), ARGV[2]
local wait = -1
local function consume(count)
  redis.call('SET', KEYS[1], 0, 'PX', window, 'NX')
  if redis.call('INCRBY', KEYS[1], count) <= limit then return true end
  wait = math.max(wait, redis.call('PTTL', KEYS[1]), 1)
  return false
end
if tonumber(ARGV[3]) > 0 then consume(ARGV[3]) end
for at = 2, #KEYS do
  if redis.call('EXISTS', KEYS[at]) == 0 and consume(1) then redis.call('SET', KEYS[at], 1, 'PX', window) end
end
return wait
`;

/** Counts together with all who use the same Redis and prefix. What Redis forgets has not been taken. */
export function createCountersOnRedis(redis: RedisConnection): Counters {
  const run = redis.script(takeScript);
  return {
    async take({ bucket, owner, points, seconds, attempts }) {
      const values = attempts.filter((value) => value !== null);
      const key = `${redis.prefix}rate:${bucket}:${owner}`;
      // Clients choose them, of any length.
      const seen = values.map((value) => `${key}:${createHash('sha256').update(value).digest('base64url')}`);
      const wait = await run([key, ...seen], [points, seconds * 1000, attempts.length - values.length]);
      return Number(wait) < 0 ? null : Number(wait);
    },
  };
}
