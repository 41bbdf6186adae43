import type pg from 'pg';
import type { Lag } from '../event-log.ts';
import { run, type Statement } from './statements.ts';

const lag: Statement = {
  name: 'log_lag',
  text: `SELECT reader.topic, reader.partition, unread.records, coalesce(greatest(0, date_part('epoch', now() - unread.oldest)), 0) AS seconds
FROM reader CROSS JOIN LATERAL (SELECT count(*)::float8 AS records, min(appended_at) AS oldest FROM record
  WHERE record.topic = reader.topic AND record.partition = reader.partition AND record.position > reader.position) unread
WHERE reader.group_id = $1 ORDER BY reader.topic, reader.partition`,
};

/** How far a group is behind, by partition. */
export async function lagOf(pool: pg.Pool, group: string): Promise<readonly Lag[]> {
  return run<Lag & pg.QueryResultRow>(pool, lag, [group]);
}
