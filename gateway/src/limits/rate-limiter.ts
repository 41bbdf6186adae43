import { isIPv6 } from 'node:net';
import { subjectOf, type Caller } from '@tally/identity';
import { Refusal } from '../refusal.ts';
import { runningAttempts, type CountedBucket } from './attempts.ts';
import { createCountersInProcess } from './counters-in-process.ts';
import type { Counters, Taking } from './counters.ts';
import type { RateLimiterTelemetry } from './rate-limiter-telemetry.ts';
import { pointsAlone, type Bucket } from './rate-limits.ts';

/** Who asks, as buckets see it. */
export interface Asker {
  readonly caller: Caller;
  readonly address: string;
}

/** Rations attempts. */
export interface RateLimiter {
  /**
   * Takes the points of an operation's running attempts.
   *
   * @param variables coerced, defaults applied.
   * @throws {Refusal} RATE_LIMITED (429) with `retryAfterMs`; nothing has run. Points already taken stay taken: attempts count.
   */
  admit(counted: readonly CountedBucket[], asker: Asker, variables: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface RateLimiterOptions {
  /** What the configured points are multiplied by; 0 admits everything. */
  readonly factor: number;
  /** Counts for all gateways together; `null`: each counts for itself, all the time. */
  readonly together: Counters | null;
  /** How many gateways share the points while each counts for itself. */
  readonly replicas: number;
  readonly telemetry: RateLimiterTelemetry;
}

export function createRateLimiter({ factor, together, replicas, telemetry }: RateLimiterOptions): RateLimiter {
  if (factor === 0) return { admit: () => Promise.resolve() };
  const alone = createCountersInProcess();

  async function take(bucket: Bucket, asker: Asker, attempts: Taking['attempts']): Promise<number | null> {
    const points = pointsOf(bucket, asker) * factor;
    const taking = { bucket: bucket.name, owner: ownerOf(bucket, asker), points, seconds: bucket.seconds, attempts };
    if (together !== null) {
      try {
        const waitMs = await together.take(taking);
        telemetry.decided('redis');
        return waitMs;
      } catch {
        // Away, which is said where the connection is; what each bucket does then is configured.
      }
    }
    telemetry.decided('process');
    return await alone.take({ ...taking, points: pointsAlone(bucket, points, { replicas, away: together !== null }) });
  }
  return {
    async admit(counted, asker, variables) {
      for (const one of counted) {
        const attempts = runningAttempts(one, variables);
        const waitMs = attempts.length === 0 ? null : await take(one.bucket, asker, attempts);
        if (waitMs === null) continue;
        telemetry.limited(one.bucket.name);
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

const pointsOf = ({ per, points, anonymousPoints = points }: Bucket, { caller }: Asker): number =>
  per === 'caller' && caller.kind === 'anonymous' ? anonymousPoints : points;

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
