import type { Clock, Id } from '@tally/kernel';
import { sessionRevoked } from '../domain/messages.ts';
import type { UnitOfWork } from '../ports/unit-of-work.ts';

export interface LogOut {
  readonly userId: Id<'usr'>;
  readonly sessionId: Id<'ses'>;
  readonly allDevices: boolean;
}

/** Ending a session that has ended already is fine: the caller is out either way. */
export function createLogOut({ transact, clock }: { transact: UnitOfWork; clock: Clock }) {
  return async function logOut({ userId, sessionId, allDevices }: LogOut): Promise<void> {
    await transact(async ({ sessions, outbox }) => {
      const revoked = await sessions.revoke(userId, allDevices ? null : sessionId, 'LOGOUT', clock());
      const sequences = await sessions.takeSequences(userId, revoked.length);
      await outbox.append(
        ...revoked.flatMap((session, at) => {
          const sequence = sequences[at];
          return sequence === undefined ? [] : [sessionRevoked(userId, session, 'LOGOUT', sequence)];
        }),
      );
    });
  };
}
