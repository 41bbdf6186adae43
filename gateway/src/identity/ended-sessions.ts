import type { Clock } from '@tally/kernel';
import { systemClock } from '@tally/kernel';
import type { Logger } from '@tally/runtime';

/** Sessions that have ended while tokens of theirs may still be good. */
export interface EndedSessions {
  isRevoked(sessionId: string): boolean;
  /** @param listener called once per session, when its end is heard of. */
  onRevoked(listener: (sessionId: string) => void): Disposable;
}

/** `EndedSessions` and the way in. */
export interface EndedSessionsRegister extends EndedSessions {
  /** A session has ended. Saying so again changes nothing. */
  end(sessionId: string): void;
}

/**
 * Remembers ended sessions for `keptMs` from the moment it hears of them. Above `most` of them the oldest is forgotten early and its token accepted for
 * the rest of its life: memory stays bounded whatever happens.
 */
export function createEndedSessions(options: {
  readonly keptMs: number;
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly most?: number;
}): EndedSessionsRegister {
  const { keptMs, logger, clock = systemClock, most = 100_000 } = options;
  /** Until when, in milliseconds; in the order of their ends. */
  const until = new Map<string, number>();
  const listeners = new Set<(sessionId: string) => void>();
  let overflowing = false;

  const forget = (now: number): void => {
    for (const [sessionId, end] of until) {
      if (end > now && until.size <= most) return;
      if (end > now && !overflowing) logger.error({ most }, 'too many sessions have ended: the oldest are forgotten early');
      overflowing ||= end > now;
      until.delete(sessionId);
    }
  };
  const isRevoked = (sessionId: string): boolean => {
    const end = until.get(sessionId);
    return end !== undefined && end > clock().getTime();
  };

  return {
    isRevoked,
    end(sessionId) {
      if (isRevoked(sessionId)) return;
      const now = clock().getTime();
      until.delete(sessionId);
      until.set(sessionId, now + keptMs);
      forget(now);
      for (const listener of listeners) {
        try {
          listener(sessionId);
        } catch (error) {
          logger.error({ err: error }, 'a session has ended, and somebody who should know failed');
        }
      }
    },
    onRevoked(listener) {
      const own = (sessionId: string): void => listener(sessionId);
      listeners.add(own);
      return { [Symbol.dispose]: () => void listeners.delete(own) };
    },
  };
}
