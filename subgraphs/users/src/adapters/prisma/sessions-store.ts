import { lockedSequence } from '@tally/events';
import { fromUuid, toUuid } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { Prisma } from '../../generated/prisma/client.ts';
import type { SessionsStore } from '../../ports/sessions-store.ts';
import { toAccount } from './rows.ts';

const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

export function createSessionsStore(tx: Prisma.TransactionClient, sql: Sql): SessionsStore {
  return {
    async open(session, first) {
      await tx.session.create({
        data: { id: toUuid(session.id), userId: toUuid(session.userId), expiresAt: session.expiresAt, tokens: { create: { hash: own(first) } } },
      });
    },

    async lockByToken(hash) {
      const locked = await tx.$queryRaw<{ id: string }[]>`SELECT s.id FROM session s JOIN refresh_token t ON t.session_id = s.id WHERE t.hash = ${own(hash)} FOR UPDATE OF s`;
      if (locked.length === 0) return null;
      // Read after the lock: another rotation may have used the token while we waited.
      const row = await tx.refreshToken.findUnique({ where: { hash: own(hash) }, include: { session: { include: { account: true } } } });
      if (row === null) return null;
      const { session } = row;
      return {
        session: { id: fromUuid('ses', session.id), userId: fromUuid('usr', session.userId), expiresAt: session.expiresAt, revokedAt: session.revokedAt },
        token: { usedAt: row.usedAt },
        account: toAccount(session.account),
      };
    },

    async rotate(session, used, child, now) {
      await tx.refreshToken.updateMany({ where: { hash: own(used), usedAt: null }, data: { usedAt: now } });
      await tx.refreshToken.create({ data: { hash: own(child), parent: own(used), sessionId: toUuid(session.id) } });
    },

    async revoke(userId, sessionId, reason, now) {
      const rows = await tx.session.updateManyAndReturn({
        where: { userId: toUuid(userId), revokedAt: null, ...(sessionId === null ? {} : { id: toUuid(sessionId) }) },
        data: { revokedAt: now, revokeReason: reason },
        select: { id: true },
      });
      return rows.map((row) => fromUuid('ses', row.id));
    },

    async takeSequences(userId, events) {
      if (events === 0) return [];
      const [row] = await sql.rows<{ sequence: bigint }>(
        `INSERT INTO session_stream (user_id, sequence) VALUES ($1::uuid, $2)
         ON CONFLICT (user_id) DO UPDATE SET sequence = session_stream.sequence + $2 RETURNING sequence`,
        [toUuid(userId), events],
      );
      const last = Number(row?.sequence);
      return Array.from({ length: events }, (_, at) => lockedSequence(last - events + 1 + at));
    },

    async lockAttempts(subject) {
      // A row must exist to be locked: two first attempts at once must not both count as the first.
      const [row] = await sql.rows<{ attempts: number; window_end: Date }>(
        `INSERT INTO login_attempts (subject, attempts, window_end) VALUES ($1, 0, 'epoch')
         ON CONFLICT (subject) DO UPDATE SET attempts = login_attempts.attempts RETURNING attempts, window_end`,
        [Buffer.from(subject)],
      );
      return row === undefined || row.attempts === 0 ? null : { attempts: row.attempts, windowEnd: row.window_end };
    },

    async keepAttempts(subject, attempts) {
      if (attempts === null) await tx.loginAttempts.deleteMany({ where: { subject: own(subject) } });
      else await tx.loginAttempts.updateMany({ where: { subject: own(subject) }, data: { attempts: attempts.attempts, windowEnd: attempts.windowEnd } });
    },
  };
}
