import { crashPoint, ok, refuse, unreachable, type Clock, type Id, type Outcome } from '@tally/kernel';
import { sessionRevoked } from '../domain/messages.ts';
import type { Refusal } from '../domain/refusals.ts';
import { rotate } from '../domain/session.ts';
import type { SignAccess } from '../ports/access-tokens.ts';
import type { RefreshTokens } from '../ports/refresh-tokens.ts';
import type { UnitOfWork } from '../ports/unit-of-work.ts';
import type { UsersTelemetry } from '../telemetry.ts';
import { toSignIn, type Opened, type SignIn } from './open-session.ts';

interface Deps {
  readonly transact: UnitOfWork;
  readonly tokens: RefreshTokens;
  readonly signAccess: SignAccess;
  readonly clock: Clock;
  readonly telemetry: UsersTelemetry;
}

type Refreshed =
  | { readonly kind: 'rotated'; readonly opened: Opened }
  | { readonly kind: 'refused' }
  | { readonly kind: 'theft'; readonly userId: Id<'usr'> };

/** Swaps a refresh token for a new pair. Unknown, expired and revoked look alike. */
export function createRefreshSession({ transact, tokens, signAccess, clock, telemetry }: Deps) {
  const swap = (shown: string) =>
    transact(async ({ sessions, outbox }): Promise<Refreshed> => {
      const hash = tokens.hashOf(shown);
      const family = await sessions.lockByToken(hash);
      if (family === null) return { kind: 'refused' };
      const { session, token, account } = family;
      const now = clock();
      const rotation = rotate(session, token, now);
      switch (rotation.kind) {
        case 'refuse':
          return { kind: 'refused' };
        case 'theft': {
          // Committed although the caller is refused: it is the point.
          const ended = await sessions.revoke(account.id, session.id, 'REUSE', now);
          await outbox.append(...ended.map(({ id, sequence }) => sessionRevoked(account.id, id, 'REUSE', sequence)));
          return { kind: 'theft', userId: account.id };
        }
        case 'rotate': {
          const child = tokens.make();
          await sessions.rotate(session, hash, child.hash, now);
          return { kind: 'rotated', opened: { account, session, refreshToken: child.token } };
        }
        default:
          return unreachable(rotation);
      }
    });

  return async function refreshSession(shown: string): Promise<Outcome<SignIn, Refusal>> {
    const refreshed = await swap(shown);
    crashPoint('session.refresh.after');
    if (refreshed.kind === 'rotated') return ok(await toSignIn(signAccess, refreshed.opened));
    if (refreshed.kind === 'theft') telemetry.reuseDetected(refreshed.userId);
    return refuse({ kind: 'SESSION_REVOKED' });
  };
}
