import { metrics, type Meter } from '@opentelemetry/api';

/** The meter of this package. Asked for late: a meter taken before the SDK is installed stays silent for ever. */
export const meter = (): Meter => metrics.getMeter('@tally/messaging');

/** Buckets in seconds that hold every threshold of the objectives. */
export const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** A histogram of seconds. */
export const secondsHistogram = (name: string, description: string) =>
  meter().createHistogram(name, { unit: 's', description, advice: { explicitBucketBoundaries: secondsBuckets } });

/** Seconds since a moment of `performance.now()`. */
export const secondsSince = (startedMs: number): number => (performance.now() - startedMs) / 1000;
