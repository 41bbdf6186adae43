import type { Sql } from '@tally/messaging';
import type { RetentionStore } from '../../ports/retention-store.ts';

// Rows that somebody holds are left for the next sweep. Tokens go with their session.
const removeSessions = `DELETE FROM session WHERE id IN (SELECT id FROM session WHERE expires_at < $1 ORDER BY expires_at LIMIT 500 FOR UPDATE SKIP LOCKED)`;

const removeAttempts = `DELETE FROM login_attempts
WHERE subject IN (SELECT subject FROM login_attempts WHERE until < $1 ORDER BY until LIMIT 5000 FOR UPDATE SKIP LOCKED)`;

const mostRounds = 20;

export function createRetentionStore(sql: Sql): RetentionStore {
  /** Statement by statement until nothing is left: none of them holds rows for long. */
  async function sweep(text: string, before: Date): Promise<number> {
    let removed = 0;
    for (let round = 0; round < mostRounds; round++) {
      const count = await sql.count(text, [before]);
      if (count === 0) break;
      removed += count;
    }
    return removed;
  }
  return {
    remove: async ({ sessions, attempts }) => ({
      sessions: await sweep(removeSessions, sessions),
      attempts: await sweep(removeAttempts, attempts),
    }),
  };
}
