import type { TopicFacts } from '@tally/events';
import type pg from 'pg';
import { TopicMismatchError } from '../event-log.ts';
import { onceDone } from '../once-done.ts';
import { run, type Statement } from './statements.ts';
import { unavailable } from './unavailable.ts';

const create: Statement = {
  name: 'log_topics_create',
  text: `WITH wanted AS (SELECT * FROM unnest($1::text[], $2::int[]) AS wanted(topic, partitions)),
heads AS (INSERT INTO topic_head (topic, partitions) SELECT topic, partitions FROM wanted ORDER BY topic ON CONFLICT (topic) DO NOTHING)
INSERT INTO partition (topic, partition)
SELECT topic, partition FROM wanted CROSS JOIN LATERAL generate_series(0, partitions - 1) AS partition ORDER BY topic, partition
ON CONFLICT (topic, partition) DO NOTHING`,
};

const missing: Statement = {
  name: 'log_topics_missing',
  text: `SELECT wanted.topic, head.partitions FROM unnest($1::text[], $2::int[]) AS wanted(topic, partitions)
LEFT JOIN topic_head head ON head.topic = wanted.topic WHERE head.partitions IS DISTINCT FROM wanted.partitions`,
};

/** The topics this log serves, and whether their rows exist. */
export interface TopicRegister {
  find(topic: string): TopicFacts | undefined;
  readonly all: readonly TopicFacts[];
  /**
   * Creates what is missing, once; later calls cost nothing.
   *
   * @throws {EventLogUnavailableError} retryable.
   * @throws {TopicMismatchError}
   */
  ensure(): Promise<void>;
}

/** The register of `topics`. */
export function createTopicRegister(pool: pg.Pool, topics: readonly TopicFacts[]): TopicRegister {
  const byName = new Map(topics.map((topic) => [topic.name, topic]));

  const ensured = onceDone(async () => {
    const wanted = [[...byName.keys()], [...byName.values()].map(({ partitions }) => partitions)];
    try {
      if ((await run(pool, missing, wanted)).length > 0) await run(pool, create, wanted);
      const wrong = await run<{ topic: string; partitions: number }>(pool, missing, wanted);
      const first = wrong[0];
      if (first !== undefined) {
        throw new TopicMismatchError(
          `topic ${first.topic} was created with ${String(first.partitions)} partitions, not ${String(byName.get(first.topic)?.partitions)}`,
        );
      }
    } catch (error) {
      throw error instanceof TopicMismatchError ? error : unavailable(error);
    }
  });

  return {
    find: (topic) => byName.get(topic),
    all: [...byName.values()],
    ensure: () => ensured.done(),
  };
}
