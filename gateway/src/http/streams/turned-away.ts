import { Refusal, type RefusalFacts } from '../../refusal.ts';
import type { Crowded } from '../../limits/occupancy.ts';

/** Why somebody who would stay is not let in. */
export type TurnedAway = Crowded | 'caller' | 'origin' | 'path' | 'draining';

const tooMany = { code: 'RATE_LIMITED', status: 429, message: 'Too many connections.' } as const;

const facts: Readonly<Record<TurnedAway, Omit<RefusalFacts, 'reason'>>> = {
  connects: tooMany,
  address: tooMany,
  caller: tooMany,
  total: { code: 'LIMIT_EXCEEDED', status: 503, message: 'Too many connections.' },
  origin: { code: 'FORBIDDEN', status: 403, message: 'This page may not open sockets here.' },
  path: { code: 'NOT_FOUND', status: 404, message: 'There is nothing here.' },
  draining: { code: 'EVENTS_UNAVAILABLE', status: 503, message: 'The gateway is stopping.', retryAfterMs: 1_000 },
};

export const turnedAway = (reason: TurnedAway, retryAfterMs: number | null = null): Refusal =>
  new Refusal({ ...facts[reason], reason, ...(retryAfterMs === null ? {} : { retryAfterMs }) });
