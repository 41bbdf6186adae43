import { LRUCache } from 'lru-cache';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Counters } from './counters.ts';

const maxValues = 100_000;

interface Bucket {
  readonly taken: RateLimiterMemory;
  /** Values seen in this window, each with the decision about its first attempt, so that parallel repeats share it. */
  readonly seen: LRUCache<string, Promise<number | null>>;
}

/** Counts what this process lets through. */
export function createCountersInProcess(): Counters {
  const buckets = new Map<string, Bucket>();
  function bucketOf(name: string, seconds: number): Bucket {
    const known = buckets.get(name);
    if (known !== undefined) return known;
    const made: Bucket = {
      // How many points there are is compared here: a bucket has several sizes.
      taken: new RateLimiterMemory({ points: 0, duration: seconds }),
      seen: new LRUCache({ max: maxValues, ttl: seconds * 1000 }),
    };
    buckets.set(name, made);
    return made;
  }

  return {
    async take({ bucket, owner, points, seconds, attempts }) {
      const { taken, seen } = bucketOf(bucket, seconds);
      const consume = async (count: number): Promise<number | null> => {
        const { consumedPoints, msBeforeNext } = await taken.penalty(owner, count);
        return consumedPoints > points ? msBeforeNext : null;
      };
      const decide = (value: string): Promise<number | null> => {
        const key = `${owner} ${value}`;
        const known = seen.get(key);
        if (known !== undefined) return known;
        const decision = consume(1).then((waitMs) => {
          // A refused value has not been let through: its repeat is no repeat.
          if (waitMs !== null) seen.delete(key);
          return waitMs;
        });
        seen.set(key, decision);
        return decision;
      };
      const values = attempts.filter((value) => value !== null);
      const others = attempts.length - values.length;
      const waits = await Promise.all([...(others === 0 ? [] : [consume(others)]), ...values.map(decide)]);
      return waits.reduce((longest, waitMs) => (waitMs === null ? longest : Math.max(waitMs, longest ?? 0)), null);
    },
  };
}
