import type { TopicFacts } from '@tally/events';
import type pg from 'pg';
import { run, type Statement } from './statements.ts';

/** Records deleted per statement. */
const batch = 1000;

// Deleting, raising the mark and fencing whoever lost something are one statement: a reader whose position lies below the mark cannot commit past the
// hole, it has to claim again, and the claim shows the loss.
const trimByAge: Statement = {
  name: 'log_trim_age',
  text: `WITH oldest AS (SELECT position, appended_at FROM record WHERE topic = $1 AND partition = $2 ORDER BY position LIMIT $4),
old AS (SELECT max(position) AS through FROM oldest WHERE appended_at < now() - ($3::float8 * interval '1 day')),
gone AS (DELETE FROM record USING old WHERE topic = $1 AND partition = $2 AND position <= old.through RETURNING position),
marked AS (UPDATE partition SET trimmed_through = old.through FROM old WHERE topic = $1 AND partition = $2 AND old.through > trimmed_through),
fenced AS (UPDATE reader SET owner = NULL, lease_until = NULL, epoch = epoch + 1 FROM old WHERE topic = $1 AND partition = $2 AND position < old.through RETURNING group_id)
SELECT (SELECT count(*)::int FROM gone) AS gone, (SELECT json_agg(DISTINCT group_id) FROM fenced) AS fenced`,
};

const compact: Statement = {
  name: 'log_compact',
  text: `WITH superseded AS (SELECT position FROM (SELECT position, appended_at, max(position) OVER (PARTITION BY key) AS newest FROM record WHERE topic = $1 AND partition = $2) kept
  WHERE position < newest AND appended_at < now() - ($3::float8 * interval '1 day') ORDER BY position LIMIT $4),
gone AS (DELETE FROM record WHERE topic = $1 AND partition = $2 AND position IN (SELECT position FROM superseded) RETURNING position)
SELECT (SELECT count(*)::int FROM gone) AS gone, NULL::json AS fenced`,
};

/** What a trim did: records deleted, and the groups that had not read some of them. */
export interface Trimmed {
  readonly deleted: number;
  readonly lostTo: readonly string[];
}

/** Deletes what is past its topic's retention; of compacted topics only what a newer record of its key replaced. */
export async function trimTopics(pool: pg.Pool, topics: readonly TopicFacts[]): Promise<Trimmed> {
  let deleted = 0;
  const lostTo = new Set<string>();
  for (const { name, partitions, compacted, retentionDays } of topics) {
    for (let partition = 0; partition < partitions; partition += 1) {
      for (let gone = batch; gone === batch;) {
        const [row] = await run<{ gone: number; fenced: string[] | null }>(pool, compacted ? compact : trimByAge, [
          name,
          partition,
          retentionDays,
          batch,
        ]);
        gone = row?.gone ?? 0;
        deleted += gone;
        for (const group of row?.fenced ?? []) lostTo.add(group);
      }
    }
  }
  return { deleted, lostTo: [...lostTo] };
}
