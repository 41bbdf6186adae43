import { lockedSequence } from '@tally/events';
import { fromUuid, toUuid } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { SessionsStore } from '../../ports/sessions-store.ts';
import { accountColumns, toAccount, type AccountRow } from './rows.ts';

const open = `WITH opened AS (INSERT INTO session (id, user_id, expires_at) VALUES ($1::uuid, $2::uuid, $3) RETURNING id, user_id),
first AS (INSERT INTO refresh_token (hash, session_id) SELECT $4, id FROM opened)
INSERT INTO session_stream (user_id, sequence) SELECT user_id, 1 FROM opened
ON CONFLICT (user_id) DO UPDATE SET sequence = session_stream.sequence + 1 RETURNING sequence`;

// The session is read as it is once the wait is over: revoked is revoked. The token is read as it was when the statement began, which does no harm: a use
// that is missed happened while we waited, at most `lock_timeout` (2 s) ago, and the grace is 10 s.
const lockByToken = `SELECT session.id AS session_id, session.expires_at, session.revoked_at, refresh_token.used_at, ${accountColumns}
FROM refresh_token JOIN session ON session.id = refresh_token.session_id JOIN account ON account.id = session.user_id
WHERE refresh_token.hash = $1 FOR UPDATE OF session`;

const rotate = `WITH used AS (UPDATE refresh_token SET used_at = $4 WHERE hash = $2 AND used_at IS NULL)
INSERT INTO refresh_token (hash, session_id, parent) VALUES ($3, $1::uuid, $2)`;

// In id order, so that two who end the same sessions queue instead of deadlocking; the stream afterwards.
const revoke = `WITH locked AS (
  SELECT id FROM session WHERE user_id = $1::uuid AND revoked_at IS NULL AND expires_at > $4 AND ($2::uuid IS NULL OR id = $2::uuid) ORDER BY id FOR UPDATE
), ended AS (
  UPDATE session SET revoked_at = $4, revoke_reason = $3 FROM locked WHERE session.id = locked.id RETURNING session.id
), numbered AS (
  INSERT INTO session_stream (user_id, sequence) SELECT $1::uuid, count(*) FROM ended HAVING count(*) > 0
  ON CONFLICT (user_id) DO UPDATE SET sequence = session_stream.sequence + excluded.sequence RETURNING sequence
)
SELECT ended.id, numbered.sequence - row_number() OVER (ORDER BY ended.id DESC) + 1 AS sequence FROM ended, numbered ORDER BY ended.id`;

interface FamilyRow extends AccountRow {
  readonly session_id: string;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
  readonly used_at: Date | null;
}

export function createSessionsStore(sql: Sql): SessionsStore {
  return {
    async open(session, first) {
      const [row] = await sql.rows<{ sequence: bigint }>(open, [toUuid(session.id), toUuid(session.userId), session.expiresAt, first]);
      return lockedSequence(row?.sequence ?? 0);
    },
    async lockByToken(token) {
      const [row] = await sql.rows<FamilyRow>(lockByToken, [token]);
      if (row === undefined) return null;
      const account = toAccount(row);
      return {
        session: { id: fromUuid('ses', row.session_id), userId: account.id, expiresAt: row.expires_at, revokedAt: row.revoked_at },
        token: { usedAt: row.used_at },
        account,
      };
    },
    async rotate(session, used, child, now) {
      await sql.count(rotate, [toUuid(session.id), used, child, now]);
    },
    async revoke(userId, sessionId, reason, now) {
      const rows = await sql.rows<{ id: string; sequence: bigint }>(revoke, [
        toUuid(userId),
        sessionId === null ? null : toUuid(sessionId),
        reason,
        now,
      ]);
      return rows.map(({ id, sequence }) => ({ id: fromUuid('ses', id), sequence: lockedSequence(sequence) }));
    },
  };
}
