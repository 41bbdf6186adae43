import type pg from 'pg';
import { sqlOnPg } from '../connection.ts';
import type { Logger } from '../logger.ts';

/** Days that inbox rows and redriven letters are kept: longer than any topic, or a redrive would apply an effect twice. */
const keptDays = 30;
const everyMs = 3_600_000;
const batch = 1000;

const forgetSeen = `DELETE FROM inbox WHERE (consumer, event_id) IN
  (SELECT consumer, event_id FROM inbox WHERE consumer = $1 AND state = 'DONE' AND seen_at < now() - ($2::float8 * interval '1 day') LIMIT $3)`;
const forgetLetters = `DELETE FROM dead_letter WHERE id IN
  (SELECT id FROM dead_letter WHERE consumer = $1 AND redriven_at < now() - ($2::float8 * interval '1 day') LIMIT $3)`;

/** Once an hour removes what a consumer need not remember any more, in batches. Parked events stay until they are redriven. */
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

  const forget = async (): Promise<void> => {
    for (const statement of [forgetSeen, forgetLetters]) {
      while (!closed && (await sql.count(statement, [group, keptDays, batch])) === batch);
    }
  };
  const timer = setInterval(() => {
    running ??= forget()
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
