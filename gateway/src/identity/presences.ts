import type { Caller } from '@tally/identity';

/** Who asks, and until when that may be believed; `null` for callers without a token. */
export interface Authenticated {
  readonly caller: Caller;
  readonly expiresAt: Date | null;
}

/** Why a caller may not stay: the token has run out, or its session was ended (logout, theft of a refresh token). */
export type PresenceEnd = 'token_expired' | 'revoked';

/** A caller who stays: the holder of a socket or of an open response. */
export interface Presence {
  readonly caller: Caller;
  /**
   * Stays on with a fresh token. `false`, and nothing changes, when it belongs to somebody else, to another session that has ended, or when this
   * presence is over.
   */
  renew(fresh: Authenticated): boolean;
  /** The caller has left. `ended` is not called any more. */
  leave(): void;
}

/** Watches all callers who stay, with one timer for all of them. */
export interface Presences {
  /**
   * A caller stays. `ended` is called once, at the moment the token runs out (to the second) or, within 5 s of the event, when the session was revoked;
   * whoever is over already is told at once, from within.
   */
  enter(authenticated: Authenticated, ended: (reason: PresenceEnd) => void): Presence;
}
