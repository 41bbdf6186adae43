import type { Id } from '@tally/kernel';
import { tell, type TellDeps } from './tell.ts';

export interface StolenSession {
  readonly eventId: Id<'evt'>;
  readonly userId: Id<'usr'>;
  /** When it was ended. */
  readonly at: Date;
}

/** Warns a user that a used token of a session was shown again. */
export function createTellStolenSession(deps: TellDeps) {
  return ({ eventId, userId, at }: StolenSession): Promise<void> =>
    tell(deps, eventId, () => Promise.resolve({ userId, orderId: null, facts: { template: 'SECURITY_NOTICE', at } }));
}
