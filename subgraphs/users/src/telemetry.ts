import { metrics } from '@opentelemetry/api';
import type { Id } from '@tally/kernel';
import type { Logger } from '@tally/runtime';

/** One function per business event: counter and log line in one call. */
export interface UsersTelemetry {
  registered(): void;
  loggedIn(result: 'succeeded' | 'refused' | 'limited'): void;
  /** A used refresh token came back: the session was ended. */
  reuseDetected(userId: Id<'usr'>): void;
}

const meter = metrics.getMeter('tally.users');
const logins = meter.createCounter('logins_total', { description: 'sign-ins by result' });
const registrations = meter.createCounter('registrations_total');
const reuses = meter.createCounter('refresh_reuse_total', { description: 'sessions ended because a used refresh token came back' });

export function createUsersTelemetry(logger: Logger): UsersTelemetry {
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
  };
}
