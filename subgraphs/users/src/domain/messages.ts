import { outgoing, type OutgoingEvent, type Sequence } from '@tally/events';
import type { Id } from '@tally/kernel';
import type { Account } from './account.ts';

export const userChanged = (account: Account, sequence: Sequence): OutgoingEvent =>
  outgoing('users.user.v1', 'UserChanged', {
    key: account.id,
    sequence,
    data: { user: { id: account.id }, email: account.email, displayName: account.displayName, locale: account.locale },
  });

export const signedIn = (userId: Id<'usr'>, sessionId: Id<'ses'>, sequence: Sequence): OutgoingEvent =>
  outgoing('users.session.v1', 'SignedIn', { key: userId, sequence, data: { user: { id: userId }, session: { id: sessionId } } });

export const sessionRevoked = (userId: Id<'usr'>, sessionId: Id<'ses'>, reason: 'LOGOUT' | 'REUSE', sequence: Sequence): OutgoingEvent =>
  outgoing('users.session.v1', 'SessionRevoked', { key: userId, sequence, data: { user: { id: userId }, session: { id: sessionId }, reason } });
