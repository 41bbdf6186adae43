import { metrics } from '@opentelemetry/api';
import type { Id } from '@tally/kernel';
import type { Logger } from '@tally/runtime';

/** One function per business event: counter and log line in one call. */
export interface UsersTelemetry {
  registered(): void;
  /** `limited`: too many attempts on the account. `busy`: too many sign-ins wait for the hasher. */
  loggedIn(result: 'succeeded' | 'refused' | 'limited' | 'busy'): void;
  /** A used refresh token came back: the session was ended. */
  reuseDetected(userId: Id<'usr'>): void;
  /** What nobody can use any more was removed. */
  forgotten(removed: { readonly sessions: number; readonly attempts: number }): void;
}

/** Called once the process's telemetry runs: instruments of the API stay what they were when they were made. */
export function createUsersTelemetry(logger: Logger): UsersTelemetry {
  const meter = metrics.getMeter('tally.users');
  const logins = meter.createCounter('logins_total', { description: 'sign-ins by result' });
  const registrations = meter.createCounter('registrations_total', { description: 'accounts opened' });
  const reuses = meter.createCounter('refresh_reuse_total', { description: 'sessions ended because a used refresh token came back' });
  const removals = meter.createCounter('users_removed_total', { description: 'expired rows removed, by kind' });
  return {
    registered() {
      registrations.add(1);
      logger.info({}, 'account opened');
    },
    loggedIn(result) {
      logins.add(1, { result });
      logger.debug({ result }, 'sign-in');
    },
    reuseDetected(userId) {
      reuses.add(1);
      logger.warn({ userId }, 'used refresh token shown again: session ended');
    },
    forgotten({ sessions, attempts }) {
      removals.add(sessions, { kind: 'session' });
      removals.add(attempts, { kind: 'login_attempts' });
      logger.debug({ sessions, attempts }, 'expired rows removed');
    },
  };
}
