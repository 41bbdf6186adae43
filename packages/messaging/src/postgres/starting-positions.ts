import type { From } from '../event-log.ts';

/** Where reading of a partition may begin: the oldest record that is kept, only what comes, or the first record at or after a time. */
export type Start = 'beginning' | 'now' | 'time';

/** The sort of a `From`. */
export const startOf = (from: From): Start => (from instanceof Date ? 'time' : from);

/**
 * SQL for the position after which reading of a row of `partition` begins. Trimmed records count as read. The head's position is safe as `now`: an
 * appender that has not committed holds the head's row, so what it adds comes after.
 *
 * @param time the parameter that has the time, for example `$3`.
 */
export function startingPosition(start: Start, time: string): string {
  switch (start) {
    case 'beginning':
      return 'partition.trimmed_through';
    case 'now':
      return '(SELECT last FROM topic_head head WHERE head.topic = partition.topic)';
    case 'time':
      return `coalesce((SELECT position FROM record WHERE record.topic = partition.topic AND record.partition = partition.partition
  AND appended_at < ${time}::timestamptz ORDER BY position DESC LIMIT 1), partition.trimmed_through)`;
  }
}
