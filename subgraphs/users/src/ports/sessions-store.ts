import type { Sequence } from '@tally/events';
import type { Id } from '@tally/kernel';
import type { Account } from '../domain/account.ts';
import type { PresentedToken, RevokeReason, Session } from '../domain/session.ts';
import type { TokenHash } from './refresh-tokens.ts';

/** A family found by one of its tokens; its session is locked until the end of the transaction. */
export interface Family {
  readonly session: Session;
  readonly token: PresentedToken;
  readonly account: Account;
}

/** A session that was ended, and the number of the event that says so. */
export interface EndedSession {
  readonly id: Id<'ses'>;
  readonly sequence: Sequence;
}

/**
 * Sessions and their refresh tokens on an open transaction; each call is one statement. Those that give a sequence lock the user's session stream,
 * always after the session rows.
 *
 * @throws database errors as they come, from every method; the unit of work decides about repeats.
 */
export interface SessionsStore {
  /** Opens a session with its first token. */
  open(session: Session, first: TokenHash): Promise<Sequence>;
  /** Waits for whoever rotates or ends the family at the moment, and sees whether it is still open. @returns `null` when nobody knows the token. */
  lockByToken(token: TokenHash): Promise<Family | null>;
  /** Marks a token as used (the first use counts) and adds its child. */
  rotate(session: Session, used: TokenHash, child: TokenHash, now: Date): Promise<void>;
  /** Ends one open session, or all open ones of a user. @returns those that were open at `now`. */
  revoke(userId: Id<'usr'>, sessionId: Id<'ses'> | null, reason: RevokeReason, now: Date): Promise<readonly EndedSession[]>;
}
