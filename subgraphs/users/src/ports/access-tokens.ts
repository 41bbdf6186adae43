import type { Id } from '@tally/kernel';
import type { Role } from '../domain/roles.ts';

/** Signs access tokens: 15 minutes, EdDSA. */
export type SignAccess = (user: { readonly userId: Id<'usr'>; readonly sessionId: Id<'ses'>; readonly role: Role }) => Promise<{ readonly token: string; readonly expiresAt: Date }>;
