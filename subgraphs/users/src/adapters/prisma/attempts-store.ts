import type { Sql } from '@tally/messaging';
import type { AttemptsStore } from '../../ports/attempts-store.ts';

// A row must exist to be locked, so a name nobody has tried yet gets one; 0 attempts mean that nothing is known.
const lock = `INSERT INTO login_attempts (subject, attempts, until) VALUES ($1, 0, 'epoch')
ON CONFLICT (subject) DO UPDATE SET attempts = login_attempts.attempts RETURNING attempts, until`;

const keep = 'UPDATE login_attempts SET attempts = $2, until = $3 WHERE subject = $1';

const forget = 'DELETE FROM login_attempts WHERE subject = $1';

export function createAttemptsStore(sql: Sql): AttemptsStore {
  return {
    async lock(subject) {
      const [row] = await sql.rows<{ attempts: number; until: Date }>(lock, [subject]);
      return row === undefined || row.attempts === 0 ? null : row;
    },
    async keep(subject, { attempts, until }) {
      await sql.count(keep, [subject, attempts, until]);
    },
    async forget(subject) {
      await sql.count(forget, [subject]);
    },
  };
}
