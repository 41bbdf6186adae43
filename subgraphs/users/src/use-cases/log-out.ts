import type { Clock, Id } from '@tally/kernel';
import { sessionRevoked } from '../domain/messages.ts';
import type { UnitOfWork } from '../ports/unit-of-work.ts';

export interface LogOut {
  readonly userId: Id<'usr'>;
  readonly sessionId: Id<'ses'>;
  readonly allDevices: boolean;
}

/** Ending a session that has ended already is fine: the caller is out either way. */
export function createLogOut({ transact, clock }: { readonly transact: UnitOfWork; readonly clock: Clock }) {
  return async function logOut({ userId, sessionId, allDevices }: LogOut): Promise<void> {
    await transact(async ({ sessions, outbox }) => {
      const ended = await sessions.revoke(userId, allDevices ? null : sessionId, 'LOGOUT', clock());
      await outbox.append(...ended.map(({ id, sequence }) => sessionRevoked(userId, id, 'LOGOUT', sequence)));
    });
  };
}
