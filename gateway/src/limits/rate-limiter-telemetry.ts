import { metrics } from '@opentelemetry/api';

/** What is told of each attempt; labels are bounded. */
export interface RateLimiterTelemetry {
  /** An operation was refused. */
  limited(bucket: string): void;
  /** Who counted: all gateways together, or this one for itself. */
  decided(by: 'redis' | 'process'): void;
}

/** Made after the SDK has started, since instruments made before it count nowhere. */
export function createRateLimiterTelemetry({ rateLimited }: { rateLimited(bucket: string): void }): RateLimiterTelemetry {
  const decisions = metrics
    .getMeter('tally.gateway')
    .createCounter('rate_limit_decisions_total', { description: 'Decisions about attempts, by who counted: redis or process' });
  return {
    limited: rateLimited,
    decided(by) {
      decisions.add(1, { by });
    },
  };
}
