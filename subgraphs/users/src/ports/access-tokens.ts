import type { Id } from '@tally/kernel';
import type { Role } from '../domain/roles.ts';

/** Whom an access token names. */
export interface TokenSubject {
  readonly userId: Id<'usr'>;
  readonly sessionId: Id<'ses'>;
  readonly role: Role;
}

/** Signs an access token: a JWT by EdDSA that lives 15 minutes and carries the scopes of the role. */
export type SignAccess = (subject: TokenSubject) => Promise<{ readonly token: string; readonly expiresAt: Date }>;
