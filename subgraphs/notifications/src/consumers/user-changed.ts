import type { Handler } from '@tally/messaging';
import type { UseCases } from '../use-cases/index.ts';

/** A state event: applied if newer, so that it needs no inbox row and the replica can be rebuilt from the beginning of the topic at any time. */
export const onUserChanged =
  (keepContact: UseCases['keepContact']): Handler<'UserChanged'> =>
  ({ sequence, data: { user, email, displayName, locale } }) =>
    keepContact({ userId: user.id, email, displayName, locale }, sequence);
