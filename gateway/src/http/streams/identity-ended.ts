import type { PresenceEnd } from '../../identity/presences.ts';
import { StreamRefusedError } from '../../subscriptions/stream.ts';

const said = {
  token_expired: { code: 'TOKEN_EXPIRED', message: 'The access token has expired.' },
  revoked: { code: 'UNAUTHENTICATED', message: 'The session has ended.' },
} as const;

/** What a client is told whose token has run out or whose session was ended. */
export function identityEnded(reason: PresenceEnd, traceId: string, lastSequence: number | null): StreamRefusedError {
  const { code, message } = said[reason];
  const extensions = { code, traceId, ...(lastSequence === null ? {} : { lastSequence }) };
  return new StreamRefusedError({ status: 401, headers: new Map([['www-authenticate', 'Bearer']]), errors: [{ message, extensions }] });
}
