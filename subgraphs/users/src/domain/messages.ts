import type { MessageData, MessageType, OutgoingEvent, Sequence, Topic } from '@tally/events';
import { newId, type Id } from '@tally/kernel';
import type { Account } from './account.ts';
import type { RevokeReason } from './session.ts';

/** What users tells the others; the compiler holds topic, type and body together. */
const event = <T extends Topic, M extends MessageType<T>>(
  topic: T,
  type: M,
  key: Id<'usr'>,
  sequence: Sequence,
  data: MessageData<M>,
): OutgoingEvent => ({
  id: newId('evt'),
  topic,
  type,
  key,
  sequence,
  data,
});

/** The whole state of an account, at its version. */
export const userChanged = ({ id, email, displayName, locale }: Account, sequence: Sequence): OutgoingEvent =>
  event('users.user.v1', 'UserChanged', id, sequence, { user: { id }, email, displayName, locale });

export const signedIn = (userId: Id<'usr'>, sessionId: Id<'ses'>, sequence: Sequence): OutgoingEvent =>
  event('users.session.v1', 'SignedIn', userId, sequence, { user: { id: userId }, session: { id: sessionId } });

export const sessionRevoked = (userId: Id<'usr'>, sessionId: Id<'ses'>, reason: RevokeReason, sequence: Sequence): OutgoingEvent =>
  event('users.session.v1', 'SessionRevoked', userId, sequence, { user: { id: userId }, session: { id: sessionId }, reason });
