import { newId, type Clock } from '@tally/kernel';
import type { Account } from '../domain/account.ts';
import { signedIn } from '../domain/messages.ts';
import { sessionLifeMs, type Session } from '../domain/session.ts';
import type { SignAccess } from '../ports/access-tokens.ts';
import type { RefreshTokens } from '../ports/refresh-tokens.ts';
import type { OpenUnit } from '../ports/unit-of-work.ts';

/** Somebody who signed in, before their access token is signed. */
export interface Opened {
  readonly account: Account;
  readonly session: Session;
  readonly refreshToken: string;
}

/** What somebody who signed in gets. */
export interface SignIn {
  readonly account: Account;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Of the access token. */
  readonly expiresAt: Date;
}

/** Opens a session on the caller's transaction and says so on the log. Token and id are new at every run: a repeat meets nothing of the first. */
export async function openSession(unit: OpenUnit, account: Account, deps: { tokens: RefreshTokens; clock: Clock }): Promise<Opened> {
  const { token, hash } = deps.tokens.make();
  const expiresAt = new Date(deps.clock().getTime() + sessionLifeMs);
  const session: Session = { id: newId('ses'), userId: account.id, expiresAt, revokedAt: null };
  const sequence = await unit.sessions.open(session, hash);
  await unit.outbox.append(signedIn(account.id, session.id, sequence));
  return { account, session, refreshToken: token };
}

/** The pair of tokens for an open session. */
export async function toSignIn(signAccess: SignAccess, { account, session, refreshToken }: Opened): Promise<SignIn> {
  const { token, expiresAt } = await signAccess({ userId: account.id, sessionId: session.id, role: account.role });
  return { account, accessToken: token, refreshToken, expiresAt };
}
