import type { Clock } from '@tally/kernel';
import { quietMs } from '../domain/login-attempts.ts';
import type { RetentionStore } from '../ports/retention-store.ts';
import type { UsersTelemetry } from '../telemetry.ts';

/** Expired sessions stay this long, for whoever has to look into one: 7 days, in milliseconds. */
const sessionsKeptMs = 7 * 24 * 60 * 60 * 1000;

/** Removes sessions that expired a week ago, and attempts that no longer count: strangers' names must not fill a table. */
export function createForgetExpired(deps: {
  readonly retention: RetentionStore;
  readonly clock: Clock;
  readonly telemetry: UsersTelemetry;
}) {
  const { retention, clock, telemetry } = deps;
  return async function forgetExpired(): Promise<void> {
    const now = clock().getTime();
    telemetry.forgotten(await retention.remove({ sessions: new Date(now - sessionsKeptMs), attempts: new Date(now - quietMs) }));
  };
}
