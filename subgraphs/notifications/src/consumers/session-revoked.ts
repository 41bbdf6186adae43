import type { Handler } from '@tally/messaging';
import type { UseCases } from '../use-cases/index.ts';

/** Of all the ways a session ends, a used token that came back is the one its user has to know of. */
export const onSessionRevoked =
  (tellStolenSession: UseCases['tellStolenSession']): Handler<'SessionRevoked'> =>
  async ({ id, time, data: { user, reason } }) => {
    if (reason === 'REUSE') await tellStolenSession({ eventId: id, userId: user.id, at: time });
  };
