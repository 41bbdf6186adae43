import { createHmac } from 'node:crypto';
import type { AuthorisationView, LedgerEntry } from './ledger.ts';

/** Header that carries time and signature: `t=<unix seconds>,v1=<hex>`. */
export const signatureHeader = 'tally-signature';

/** What a webhook tells. The id belongs to the ledger row: sent twice, an event keeps its id. */
export interface WebhookEvent {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly authorisation: Readonly<Record<string, unknown>>;
}

/**
 * The signature of a webhook: HMAC-SHA256 over `<unix seconds>.<raw body>`, so that neither the time nor a byte of the body can be changed.
 *
 * @param timestamp seconds since the epoch, as the receiver will check it against its tolerance.
 */
export const signWebhook = (secret: string, timestamp: number, rawBody: string): string =>
  `t=${String(timestamp)},v1=${createHmac('sha256', secret)
    .update(`${String(timestamp)}.${rawBody}`)
    .digest('hex')}`;

/**
 * The event of one ledger row: the authorisation as it stood after it, which is not as it stands now if more has happened since.
 *
 * @param entries the authorisation's rows up to and including the one that is told, oldest first.
 * @param alter fields of the authorisation to send otherwise than they are.
 */
export function toWebhookEvent(
  view: AuthorisationView,
  entries: readonly LedgerEntry[],
  alter: Readonly<Record<string, unknown>>,
): WebhookEvent | null {
  const told = entries.at(-1);
  if (told === undefined || told.outcome === 'not_done') return null;
  const sum = (operation: LedgerEntry['operation']): number =>
    entries.reduce((total, entry) => (entry.operation === operation && entry.outcome === 'succeeded' ? total + entry.amount : total), 0);
  return {
    id: `evt_${String(told.id)}`,
    type: `authorisation.${told.outcome === 'refused' ? `${told.operation}_refused` : (told.status ?? told.outcome)}`,
    at: told.at,
    authorisation: {
      id: view.id,
      order: view.order,
      amount: view.amount,
      currency: view.currency,
      status: told.status,
      captured: sum('capture'),
      refunded: sum('refund'),
      ...alter,
    },
  };
}
