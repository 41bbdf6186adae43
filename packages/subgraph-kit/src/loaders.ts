import { metrics } from '@opentelemetry/api';
import DataLoader from 'dataloader';

/** Collects the keys of one tick into one read, and remembers them for one request. */
export type BatchLoader<Value> = DataLoader<string, Value | null>;

const sizes = metrics.getMeter('tally.subgraph').createHistogram('loader_batch_size', { description: 'keys per batch' });

/**
 * A loader for one request: one statement per batch, whatever the number of keys.
 *
 * @param name labels `loader_batch_size`.
 * @param load gets distinct keys; a key that is missing in its answer resolves to `null`.
 */
export function batchLoader<Value>(
  name: string,
  load: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
): BatchLoader<Value> {
  return new DataLoader<string, Value | null>(
    async (keys) => {
      sizes.record(keys.length, { loader: name });
      const found = await load(keys);
      return keys.map((key) => found.get(key) ?? null);
    },
    { maxBatchSize: 500 },
  );
}
