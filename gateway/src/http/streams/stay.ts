import type { Caller } from '@tally/identity';
import type { Authenticated, Presence, PresenceEnd } from '../../identity/presences.ts';
import type { Room } from './room.ts';
import { turnedAway } from './turned-away.ts';

/** The place of one who stays over HTTP, from admission until the response is closed. */
export interface Stay {
  /**
   * The place has a caller, whose token is watched from here on.
   *
   * @throws {Refusal} the caller has as many places as one may have.
   */
  identify(authenticated: Authenticated, ended: (reason: PresenceEnd) => void): void;
  leave(): void;
}

/** Takes a place. @throws {Refusal} there is none. */
export function enter({ occupancy, presences, telemetry }: Room, address: string): Stay {
  const entered = occupancy.enter(address);
  if (!entered.ok) {
    telemetry.rejected(entered.because);
    throw turnedAway(entered.because, entered.retryAfterMs);
  }
  let counted: Caller = { kind: 'anonymous' };
  let presence: Presence | null = null;
  let left = false;
  return {
    identify(authenticated, ended) {
      if (left) return;
      if (!occupancy.identify(authenticated.caller)) {
        telemetry.rejected('caller');
        throw turnedAway('caller');
      }
      counted = authenticated.caller;
      if (counted.kind !== 'anonymous') presence = presences.enter(authenticated, ended);
    },
    leave() {
      if (left) return;
      left = true;
      presence?.leave();
      occupancy.leave(address, counted);
    },
  };
}
