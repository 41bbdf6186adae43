import type pg from 'pg';
import { sqlOnPg } from '../connection.ts';
import type { Logger } from '../logger.ts';
import type { Sql } from '../sql.ts';

/** Days that inbox rows and redriven letters are kept: longer than any topic, or what is delivered again would have its effect twice. */
export const inboxKeptDays = 30;
const everyMs = 3_600_000;
const batch = 1000;

const forgetSeen = `DELETE FROM inbox WHERE (consumer, event_id) IN
  (SELECT consumer, event_id FROM inbox WHERE consumer = $1 AND state = 'DONE' AND seen_at < now() - ($2::float8 * interval '1 day') LIMIT $3)`;
const forgetLetters = `DELETE FROM dead_letter WHERE id IN
  (SELECT id FROM dead_letter WHERE consumer = $1 AND redriven_at < now() - ($2::float8 * interval '1 day') LIMIT $3)`;

/**
 * Removes what the consumer of a group need not remember any more, a thousand rows at a time. Parked events stay until they are redriven.
 *
 * @param goOn asked before each statement.
 * @throws the database's error; what was removed stays removed.
 */
export async function forgetHandled(sql: Sql, group: string, goOn: () => boolean = () => true): Promise<void> {
  for (const statement of [forgetSeen, forgetLetters]) {
    while (goOn() && (await sql.count(statement, [group, inboxKeptDays, batch])) === batch);
  }
}

/** Once an hour removes what a consumer need not remember any more. */
export function startMaintenance({
  pool,
  group,
  logger,
}: {
  readonly pool: pg.Pool;
  readonly group: string;
  readonly logger: Logger;
}): AsyncDisposable {
  const sql = sqlOnPg(pool);
  let running: Promise<void> | null = null;
  let closed = false;

  const timer = setInterval(() => {
    running ??= forgetHandled(sql, group, () => !closed)
      .catch((error: unknown) => logger.warn({ err: error, group }, 'old inbox rows could not be removed'))
      .finally(() => (running = null));
  }, everyMs).unref();
  return {
    async [Symbol.asyncDispose]() {
      closed = true;
      clearInterval(timer);
      await running;
    },
  };
}
