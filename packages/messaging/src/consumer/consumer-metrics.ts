import type pg from 'pg';
import { sqlOnPg } from '../connection.ts';
import type { EventLog } from '../event-log.ts';
import { meter, secondsHistogram } from '../instruments.ts';

/** The instruments of one consumer. */
export interface ConsumerMetrics extends Disposable {
  processed(seconds: number): void;
  skipped(): void;
}

const parkedByTopic = `SELECT parked_key.topic, count(*)::float8 AS keys, coalesce(sum(waiting.letters), 0)::float8 AS letters FROM parked_key
CROSS JOIN LATERAL (SELECT count(*) AS letters FROM dead_letter WHERE consumer = parked_key.consumer AND topic = parked_key.topic AND key = parked_key.key AND redriven_at IS NULL) waiting
WHERE parked_key.consumer = $1 AND parked_at IS NOT NULL GROUP BY parked_key.topic`;

/** Registers the consumer's instruments; its gauges ask the log and the database at each collection, and stay silent while those are away. */
export function createConsumerMetrics({
  group,
  log,
  pool,
}: {
  readonly group: string;
  readonly log: EventLog;
  readonly pool: pg.Pool;
}): ConsumerMetrics {
  const own = meter();
  const sql = sqlOnPg(pool);
  const processing = secondsHistogram('consumer_process_seconds', 'Time a handler took for an event.');
  const skipping = own.createCounter('consumer_skipped_total', { description: 'Events of a type that the group has no handler for.' });
  const lagRecords = own.createObservableGauge('consumer_lag_records', { description: 'Records that the group has not handled.' });
  const lagSeconds = own.createObservableGauge('consumer_lag_seconds', { unit: 's', description: 'Age of the oldest of them.' });
  const parkedKeys = own.createObservableGauge('consumer_parked_keys', { description: 'Keys whose events wait for a redrive.' });
  const depth = own.createObservableGauge('dlq_depth', { description: 'Letters that wait for a redrive.' });

  const observeLag: Parameters<typeof own.addBatchObservableCallback>[0] = async (result) => {
    const lags = await log.lag(group).catch(() => []);
    for (const [topic, partitions] of Map.groupBy(lags, (lag) => lag.topic)) {
      const labels = { group, topic };
      result.observe(
        lagRecords,
        partitions.reduce((sum, { records }) => sum + records, 0),
        labels,
      );
      result.observe(lagSeconds, Math.max(...partitions.map(({ seconds }) => seconds)), labels);
    }
  };
  const observeParked: Parameters<typeof own.addBatchObservableCallback>[0] = async (result) => {
    const rows = await sql.rows<{ topic: string; keys: number; letters: number }>(parkedByTopic, [group]).catch(() => null);
    if (rows === null) return;
    result.observe(
      parkedKeys,
      rows.reduce((sum, { keys }) => sum + keys, 0),
      { consumer: group },
    );
    for (const { topic, letters } of rows) result.observe(depth, letters, { topic: `${topic}.dlq` });
  };
  own.addBatchObservableCallback(observeLag, [lagRecords, lagSeconds]);
  own.addBatchObservableCallback(observeParked, [parkedKeys, depth]);
  return {
    processed: (seconds) => processing.record(seconds, { group }),
    skipped: () => skipping.add(1, { group }),
    [Symbol.dispose]() {
      own.removeBatchObservableCallback(observeLag, [lagRecords, lagSeconds]);
      own.removeBatchObservableCallback(observeParked, [parkedKeys, depth]);
    },
  };
}
