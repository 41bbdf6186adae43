import type pg from 'pg';
import { sqlOnPg } from '../connection.ts';
import type { Delivery } from '../event-log.ts';
import { readParkedKeys, streamOf } from './parking.ts';

/**
 * The parked keys of this consumer, remembered so that the ordinary event costs no statement. Only the member that holds a partition parks its keys;
 * so they are read again whenever a partition comes into our hands, which shows as a delivery with a signal not seen before.
 */
export interface ParkedKeys {
  /** To be awaited before the first record of a delivery is looked at. @throws the database's error. */
  prepare(delivery: Delivery): Promise<void>;
  has(stream: { readonly topic: string; readonly key: string }): boolean;
  add(stream: { readonly topic: string; readonly key: string }): void;
  delete(stream: { readonly topic: string; readonly key: string }): void;
}

/** Remembers the parked keys of `consumer` on these topics. */
export function createParkedKeys(pool: pg.Pool, consumer: string, topics: readonly string[]): ParkedKeys {
  const known = new Set<string>();
  const prepared = new WeakSet<AbortSignal>();
  let reading: Promise<void> | null = null;

  const read = async (): Promise<void> => {
    await Promise.resolve(); // partitions that come together share one statement
    reading = null;
    for (const stream of await readParkedKeys(sqlOnPg(pool), consumer, topics)) known.add(stream);
  };
  return {
    async prepare({ signal }) {
      if (prepared.has(signal)) return;
      reading ??= read();
      await reading;
      prepared.add(signal);
    },
    has: (stream) => known.has(streamOf(stream)),
    add: (stream) => void known.add(streamOf(stream)),
    delete: (stream) => void known.delete(streamOf(stream)),
  };
}
