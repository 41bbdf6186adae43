import { subjectOf, type Caller } from '@tally/identity';
import { systemClock, type Clock } from '@tally/kernel';
import type { Logger } from '@tally/runtime';
import type { EndedSessions } from './ended-sessions.ts';

/** Who asks, and until when that may be believed; `null` for callers without a token. */
export interface Authenticated {
  readonly caller: Caller;
  readonly expiresAt: Date | null;
}

/** Why a caller may not stay: the token has run out, or its session was ended (logout, theft of a refresh token). */
export type PresenceEnd = 'token_expired' | 'revoked';

/** A caller who stays: the holder of a socket or of an open response. */
export interface Presence {
  /** As the newest token says. */
  readonly caller: Caller;
  /**
   * Stays on with a fresh token, until that one runs out or its session ends. It may be of another session of the same user. `false`, and nothing
   * changes, when it belongs to somebody else, has run out, is of a session that has ended, or when this presence is over.
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

interface Stay {
  caller: Caller;
  expiresAt: Date | null;
  readonly ended: (reason: PresenceEnd) => void;
  over: boolean;
}

/**
 * Keeps all who stay in buckets by the second of their end, which one timer empties as the clock passes them, and by session.
 *
 * @param options.sweepMs how often, in milliseconds of the clock; at full seconds unless told otherwise.
 */
export function createPresences(options: {
  readonly revocations: EndedSessions;
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly sweepMs?: number;
}): Presences & Disposable {
  const { revocations, logger, clock = systemClock, sweepMs = 1_000 } = options;
  const bySecond = new Map<number, Set<Stay>>();
  const bySession = new Map<string, Set<Stay>>();
  let timer: NodeJS.Timeout | undefined;

  const endOf = ({ caller, expiresAt }: Authenticated): PresenceEnd | null => {
    if (caller.kind === 'user' && revocations.isRevoked(caller.sessionId)) return 'revoked';
    return expiresAt !== null && expiresAt <= clock() ? 'token_expired' : null;
  };
  const attach = (stay: Stay): void => {
    if (stay.caller.kind === 'user') addTo(bySession, stay.caller.sessionId, stay);
    if (stay.expiresAt === null) return;
    addTo(bySecond, secondOf(stay.expiresAt), stay);
    keepSweeping();
  };
  const detach = (stay: Stay): void => {
    if (stay.caller.kind === 'user') takeFrom(bySession, stay.caller.sessionId, stay);
    if (stay.expiresAt !== null) takeFrom(bySecond, secondOf(stay.expiresAt), stay);
  };
  const tell = (stay: Stay, reason: PresenceEnd): void => {
    try {
      stay.ended(reason);
    } catch (error) {
      logger.error({ err: error, reason }, 'a caller may not stay, and who should see to it failed');
    }
  };
  const end = (stays: Iterable<Stay>, reason: PresenceEnd): void => {
    // A copy: whoever is told may let others leave.
    for (const stay of [...stays]) {
      if (stay.over) continue;
      stay.over = true;
      detach(stay);
      tell(stay, reason);
    }
  };
  const sweep = (): void => {
    const now = clock().getTime();
    for (const [second, stays] of [...bySecond]) if (second * 1_000 <= now) end(stays, 'token_expired');
  };
  const keepSweeping = (): void => {
    timer ??= setTimeout(
      () => {
        timer = undefined;
        sweep();
        if (bySecond.size > 0) keepSweeping();
      },
      sweepMs - (clock().getTime() % sweepMs),
    ).unref();
  };
  const listening = revocations.onRevoked((sessionId) => end(bySession.get(sessionId) ?? [], 'revoked'));

  return {
    enter(authenticated, ended) {
      const stay: Stay = { ...authenticated, ended, over: false };
      const reason = endOf(authenticated);
      if (reason === null) {
        attach(stay);
      } else {
        stay.over = true;
        tell(stay, reason);
      }
      return {
        get caller() {
          return stay.caller;
        },
        renew(fresh) {
          if (stay.over || subjectOf(fresh.caller) !== subjectOf(stay.caller) || endOf(fresh) !== null) return false;
          detach(stay);
          stay.caller = fresh.caller;
          stay.expiresAt = fresh.expiresAt;
          attach(stay);
          return true;
        },
        leave() {
          if (stay.over) return;
          stay.over = true;
          detach(stay);
        },
      };
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      listening[Symbol.dispose]();
    },
  };
}

/** The first full second at which the moment has come. */
const secondOf = (moment: Date): number => Math.ceil(moment.getTime() / 1_000);

function addTo<K>(index: Map<K, Set<Stay>>, key: K, stay: Stay): void {
  const stays = index.get(key);
  if (stays === undefined) index.set(key, new Set([stay]));
  else stays.add(stay);
}

function takeFrom<K>(index: Map<K, Set<Stay>>, key: K, stay: Stay): void {
  const stays = index.get(key);
  if (stays?.delete(stay) === true && stays.size === 0) index.delete(key);
}
