import type { Sequence } from '@tally/events';
import type { Id } from '@tally/kernel';
import type { Account } from '../domain/account.ts';
import type { LoginAttempts } from '../domain/login-attempts.ts';
import type { PresentedToken, Session } from '../domain/session.ts';

/** A refresh token by its SHA-256, 32 bytes. */
export type TokenHash = Uint8Array;

/** A family found by one of its tokens, its session row locked until the end of the transaction. */
export interface Family {
  readonly session: Session;
  readonly token: PresentedToken;
  readonly account: Account;
}

/** Sessions and their refresh tokens on an open transaction. */
export interface SessionsStore {
  open(session: Session, first: TokenHash): Promise<void>;
  /** Locks the session of a token; `null` when nobody knows the token. */
  lockByToken(token: TokenHash): Promise<Family | null>;
  /** Marks a token as used (the first use counts) and adds its child. */
  rotate(session: Session, used: TokenHash, child: TokenHash, now: Date): Promise<void>;
  /** Revokes one open session, or all open ones of a user. @returns those that were open. */
  revoke(userId: Id<'usr'>, sessionId: Id<'ses'> | null, reason: 'LOGOUT' | 'REUSE', now: Date): Promise<readonly Id<'ses'>[]>;
  /** Takes the next numbers of the user's session stream and locks it. @returns one per event, in order. */
  takeSequences(userId: Id<'usr'>, events: number): Promise<readonly Sequence[]>;
  /** Locks the attempts of an account name, known or not, given by the SHA-256 of the name. */
  lockAttempts(subject: TokenHash): Promise<LoginAttempts | null>;
  keepAttempts(subject: TokenHash, attempts: LoginAttempts | null): Promise<void>;
}
