import DataLoader from 'dataloader';
import { instrument } from './instruments.ts';

/** Collects the keys of one tick into one read, and remembers them for one request. */
export type BatchLoader<Value> = DataLoader<string, Value | null>;

const sizes = instrument((meter) =>
  meter.createHistogram('loader_batch_size', {
    description: 'keys per batch',
    advice: { explicitBucketBoundaries: [1, 2, 5, 10, 20, 50, 100, 200, 500] },
  }),
);

/**
 * A loader for one request: one statement per batch of at most 500 keys.
 *
 * @param name labels `loader_batch_size`.
 * @param load gets distinct keys; a key that is missing in its answer resolves to `null`. What it throws reaches every key of the batch.
 */
export function batchLoader<Value>(
  name: string,
  load: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
): BatchLoader<Value> {
  return new DataLoader<string, Value | null>(
    async (keys) => {
      sizes().record(keys.length, { loader: name });
      const found = await load(keys);
      return keys.map((key) => found.get(key) ?? null);
    },
    { maxBatchSize: 500 },
  );
}
