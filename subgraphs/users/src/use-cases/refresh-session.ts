import { ok, refuse, unreachable, type Clock, type Outcome } from '@tally/kernel';
import { sessionRevoked } from '../domain/messages.ts';
import type { Refusal } from '../domain/refusals.ts';
import { rotate } from '../domain/session.ts';
import type { SignAccess } from '../ports/access-tokens.ts';
import type { UnitOfWork } from '../ports/unit-of-work.ts';
import type { UsersTelemetry } from '../telemetry.ts';
import { hashOf, newRefreshToken, toSignIn, type SignIn } from './open-session.ts';

export function createRefreshSession(deps: { transact: UnitOfWork; signAccess: SignAccess; clock: Clock; telemetry: UsersTelemetry }) {
  const { transact, signAccess, clock, telemetry } = deps;
  return async function refreshSession(shown: string): Promise<Outcome<SignIn, Refusal>> {
    const refreshToken = newRefreshToken();
    const family = await transact(async ({ sessions, outbox }) => {
      const found = await sessions.lockByToken(hashOf(shown));
      if (found === null) return null;
      const { session, token, account } = found;
      const now = clock();
      const rotation = rotate(session, token, now);
      switch (rotation.kind) {
        case 'refuse':
          return null;
        case 'theft': {
          // The revocation is committed although the caller is refused: it is the point.
          const revoked = await sessions.revoke(account.id, session.id, 'REUSE', now);
          const sequences = await sessions.takeSequences(account.id, revoked.length);
          await outbox.append(...sequences.map((sequence) => sessionRevoked(account.id, session.id, 'REUSE', sequence)));
          telemetry.reuseDetected(account.id);
          return null;
        }
        case 'rotate':
          await sessions.rotate(session, hashOf(shown), hashOf(refreshToken), now);
          return { account, session };
        default:
          return unreachable(rotation);
      }
    });
    if (family === null) return refuse({ kind: 'SESSION_REVOKED' });
    return ok(await toSignIn(signAccess, family.account, family.session, refreshToken));
  };
}
