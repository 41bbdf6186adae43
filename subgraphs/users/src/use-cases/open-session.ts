import { createHash, randomBytes } from 'node:crypto';
import { newId, type Clock } from '@tally/kernel';
import type { Unit } from '@tally/subgraph-kit';
import type { Account } from '../domain/account.ts';
import { signedIn } from '../domain/messages.ts';
import { sessionLifeMs, type Session } from '../domain/session.ts';
import type { SignAccess } from '../ports/access-tokens.ts';
import type { TokenHash } from '../ports/sessions-store.ts';
import type { Stores } from '../ports/unit-of-work.ts';

/** What somebody who signed in gets. */
export interface SignIn {
  readonly account: Account;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: Date;
}

/** SHA-256 of a refresh token: what the table keeps. */
export const hashOf = (text: string): TokenHash => createHash('sha256').update(text).digest();

/** 256 random bits as text. */
export const newRefreshToken = (): string => randomBytes(32).toString('base64url');

/** Opens a session on the caller's transaction and says so on the log. */
export async function openSession(unit: Stores & Unit, account: Account, refreshToken: string, clock: Clock): Promise<Session> {
  const session: Session = { id: newId('ses'), userId: account.id, expiresAt: new Date(clock().getTime() + sessionLifeMs), revokedAt: null };
  await unit.sessions.open(session, hashOf(refreshToken));
  const [sequence] = await unit.sessions.takeSequences(account.id, 1);
  if (sequence !== undefined) await unit.outbox.append(signedIn(account.id, session.id, sequence));
  return session;
}

/** The pair of tokens for an open session. */
export async function toSignIn(signAccess: SignAccess, account: Account, session: Session, refreshToken: string): Promise<SignIn> {
  const { token, expiresAt } = await signAccess({ userId: account.id, sessionId: session.id, role: account.role });
  return { account, accessToken: token, refreshToken, expiresAt };
}
