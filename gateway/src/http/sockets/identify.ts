import type { Authenticated } from '../../identity/presences.ts';
import { Refusal } from '../../refusal.ts';
import type { Room } from '../streams/room.ts';
import { closeCodes } from './close-codes.ts';

/** Who asks on a socket, or what the socket is to be closed with. */
export type Identified =
  | { readonly ok: true; readonly authenticated: Authenticated }
  | { readonly ok: false; readonly closeCode: number; readonly reason: string };

export async function identify({ authenticate, logger }: Room, authorization: string | undefined): Promise<Identified> {
  try {
    return { ok: true, authenticated: await authenticate(authorization) };
  } catch (error) {
    if (!(error instanceof Refusal)) {
      logger.error({ err: error }, 'a socket could not be identified');
      return { ok: false, closeCode: closeCodes.internal, reason: 'Internal server error' };
    }
    if (error.extensions['code'] === 'UNAUTHENTICATED') return { ok: false, closeCode: closeCodes.forbidden, reason: 'Forbidden' };
    return { ok: false, closeCode: closeCodes.tryAgainLater, reason: 'Try again later' };
  }
}
