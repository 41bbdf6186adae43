import { isIPv6 } from 'node:net';
import { subjectOf, type Caller } from '@tally/identity';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Refusal } from '../refusal.ts';
import { runningAttempts, type CountedBucket } from './attempts.ts';
import type { Bucket, RateLimits } from './rate-limits.ts';

/** Who asks, as buckets see it. */
export interface Asker {
  readonly caller: Caller;
  readonly address: string;
}

/** Rations attempts in this process. */
export interface RateLimiter {
  /**
   * Takes the points of an operation's running attempts.
   *
   * @param variables coerced, defaults applied.
   * @throws {Refusal} RATE_LIMITED (429) with `retryAfterMs`; nothing has run. Points already taken stay taken: attempts count.
   */
  admit(counted: readonly CountedBucket[], asker: Asker, variables: Readonly<Record<string, unknown>>): Promise<void>;
}

/** @param factor what the configured points are multiplied by; 0 admits everything. */
export function createRateLimiter({ buckets }: RateLimits, factor: number, limited: (bucket: string) => void): RateLimiter {
  if (factor === 0) return { admit: () => Promise.resolve() };
  const counters = new Map(buckets.map((bucket) => [bucket.name, createCounter(bucket, factor)]));
  return {
    async admit(counted, asker, variables) {
      for (const one of counted) {
        const attempts = runningAttempts(one, variables);
        const waitMs = attempts.length === 0 ? undefined : await counters.get(one.bucket.name)?.take(attempts, asker);
        if (waitMs === undefined) continue;
        limited(one.bucket.name);
        throw new Refusal({
          code: 'RATE_LIMITED',
          status: 429,
          message: 'Too many attempts.',
          reason: 'rate_limited',
          retryAfterMs: Math.max(1, Math.ceil(waitMs)),
        });
      }
    },
  };
}

interface Counter {
  /** Milliseconds to wait when the bucket is empty, else `undefined`. */
  take(attempts: readonly (string | null)[], asker: Asker): Promise<number | undefined>;
}

const maxValues = 100_000;

function createCounter(bucket: Bucket, factor: number): Counter {
  const { points, anonymousPoints = points, seconds: duration } = bucket;
  const named = new RateLimiterMemory({ points: points * factor, duration });
  const anonymous = new RateLimiterMemory({ points: anonymousPoints * factor, duration });
  // Values seen in this window, each with the decision about its first attempt, so that parallel repeats share it.
  const seen = new LRUCache<string, Promise<number | undefined>>({ max: maxValues, ttl: duration * 1000 });

  const consume = (owner: string, limiter: RateLimiterMemory, count: number): Promise<number | undefined> =>
    limiter.consume(owner, count).then(
      () => undefined,
      (refused: unknown) => {
        if (refused instanceof RateLimiterRes) return refused.msBeforeNext;
        throw refused;
      },
    );

  return {
    async take(attempts, asker) {
      const owner = ownerOf(bucket, asker);
      const limiter = bucket.per === 'caller' && asker.caller.kind === 'anonymous' ? anonymous : named;
      if (bucket.distinct === undefined) return await consume(owner, limiter, attempts.length);
      const decisions = attempts.map((value) => {
        if (value === null) return consume(owner, limiter, 1);
        const key = `${owner} ${value}`;
        const known = seen.get(key);
        if (known !== undefined) return known;
        const decision = consume(owner, limiter, 1).then((waitMs) => {
          // A refused value has not been let through: its repeat is no repeat.
          if (waitMs !== undefined) seen.delete(key);
          return waitMs;
        });
        seen.set(key, decision);
        return decision;
      });
      const waits = (await Promise.all(decisions)).filter((waitMs) => waitMs !== undefined);
      return waits.length === 0 ? undefined : Math.max(...waits);
    },
  };
}

function ownerOf({ per }: Bucket, { caller, address }: Asker): string {
  switch (per) {
    case 'everyone':
      return 'everyone';
    case 'address':
      return networkOf(address);
    case 'caller':
      return subjectOf(caller) ?? networkOf(address);
  }
}

/** One household or machine has a whole /64 of IPv6, so that is what counts as one address. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? left : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
