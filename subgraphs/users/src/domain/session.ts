import type { Id } from '@tally/kernel';

/**
 * A session is a family of refresh tokens: each is good for one use and gives the next. *Open*: not revoked, not expired. *Revoked* and *expired* are
 * final. A used token shown again within the grace is a lost reply or a second tab and gets another child; later it is theft, and the whole
 * family is revoked.
 */
export interface Session {
  readonly id: Id<'ses'>;
  readonly userId: Id<'usr'>;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
}

/** A refresh token as the table knows it. */
export interface PresentedToken {
  readonly usedAt: Date | null;
}

/** Why a session ended before its time. */
export type RevokeReason = 'LOGOUT' | 'REUSE';

/** What becomes of a refresh token that was shown. */
export type Rotation = { readonly kind: 'rotate' } | { readonly kind: 'refuse' } | { readonly kind: 'theft' };

/** How long a session lives from its sign-in, in milliseconds: 30 days. */
export const sessionLifeMs = 30 * 24 * 60 * 60 * 1000;

/** How long a used token may be shown again, in milliseconds. */
export const reuseGraceMs = 10_000;

/** Decides about a refresh token that is shown. */
export function rotate(session: Session, token: PresentedToken, now: Date): Rotation {
  if (session.revokedAt !== null || session.expiresAt <= now) return { kind: 'refuse' };
  if (token.usedAt !== null && now.getTime() - token.usedAt.getTime() > reuseGraceMs) return { kind: 'theft' };
  return { kind: 'rotate' };
}
