import { unreachable } from '@tally/kernel';
import type { Verdict } from './tokens.ts';

/*
 * The life of an authorisation.
 *   requires_action      the buyer has to approve; nothing is held. Approving, voiding or expiring moves it on.
 *   authorised           the amount is held. Capturing, voiding or expiring moves it on.
 *   captured             money moved. Refunds move it on; until then nothing else does.
 *   partially_refunded   some of it went back; ends in refunded when the sum is reached.
 *   refunded, declined, voided, expired   ends.
 */

/** Where an authorisation stands. */
export type Status = 'requires_action' | 'authorised' | 'captured' | 'partially_refunded' | 'refunded' | 'declined' | 'voided' | 'expired';

/** The only moves there are. A move not listed is a bug, whatever a caller asks for. */
export const transitions: Readonly<Record<Status, readonly Status[]>> = {
  requires_action: ['authorised', 'captured', 'voided', 'expired'],
  authorised: ['captured', 'voided', 'expired'],
  captured: ['partially_refunded', 'refunded'],
  partially_refunded: ['partially_refunded', 'refunded'],
  refunded: [],
  declined: [],
  voided: [],
  expired: [],
};

/** One payment. Amounts are minor units of `currency`; 0 <= refunded <= captured <= amount. */
export interface Authorisation {
  readonly id: string;
  readonly order: string;
  readonly amount: number;
  readonly currency: string;
  readonly token: string;
  readonly captureAtOnce: boolean;
  readonly status: Status;
  readonly captured: number;
  readonly refunded: number;
}

/** What can stand in the ledger: the four calls, and what happens at the provider or with the buyer. */
export type LedgerOperation = 'authorise' | 'approve' | 'capture' | 'void' | 'refund' | 'expire';

/** Why something was refused or declined; the code on the wire and in the ledger. */
export type Reason =
  | 'card_declined'
  | 'capture_refused'
  | 'void_refused'
  | 'refund_failed'
  | 'authorisation_expired'
  | 'invalid_state'
  | 'currency_mismatch'
  | 'amount_exceeds_authorised'
  | 'amount_exceeds_captured';

/** One line for the ledger. `status` is the authorisation's afterwards. */
export interface Fact {
  readonly operation: LedgerOperation;
  readonly amount: number;
  readonly currency: string;
  readonly outcome: 'succeeded' | 'requires_action' | 'declined' | 'refused';
  readonly reason: Reason | null;
  readonly status: Status;
}

/** What became of a call: the authorisation afterwards, the facts in the order they happened, and why the call was refused, if it was. */
export interface Decision {
  readonly after: Authorisation;
  readonly facts: readonly Fact[];
  readonly refusal: Reason | null;
}

interface Amount {
  readonly amount: number;
  readonly currency: string;
}

/** Opens an authorisation. A declined one is an answer, not a refusal. */
export function authorise(
  asked: Pick<Authorisation, 'id' | 'order' | 'amount' | 'currency' | 'token'> & { capture: boolean },
  verdict: Verdict,
): Decision {
  const { capture: captureAtOnce, ...facts } = asked;
  const opened = { ...facts, captureAtOnce: captureAtOnce || verdict === 'capture', captured: 0, refunded: 0 };
  switch (verdict) {
    case 'decline': {
      const after: Authorisation = { ...opened, status: 'declined' };
      return { after, facts: [{ ...factOf('authorise', after, after), outcome: 'declined', reason: 'card_declined' }], refusal: null };
    }
    case 'require-action': {
      const after: Authorisation = { ...opened, status: 'requires_action' };
      return { after, facts: [{ ...factOf('authorise', after, after), outcome: 'requires_action' }], refusal: null };
    }
    case 'approve':
    case 'capture':
    case 'expire':
      return held({ ...opened, status: 'authorised' }, 'authorise');
    default:
      return unreachable(verdict);
  }
}

/** The buyer approves. Refused unless the authorisation waits for it. */
export function approve(before: Authorisation): Decision {
  if (before.status !== 'requires_action') return refused(before, 'approve', before, 'invalid_state');
  return held({ ...before, status: 'authorised' }, 'approve');
}

/** Takes up to the authorised amount, once; the rest is let go. */
export function capture(before: Authorisation, asked: Amount, verdict: Verdict): Decision {
  if (before.status === 'expired') return refused(before, 'capture', asked, 'authorisation_expired');
  if (before.status !== 'authorised') return refused(before, 'capture', asked, 'invalid_state');
  if (asked.currency !== before.currency) return refused(before, 'capture', asked, 'currency_mismatch');
  if (asked.amount > before.amount) return refused(before, 'capture', asked, 'amount_exceeds_authorised');
  if (verdict === 'decline') return refused(before, 'capture', asked, 'capture_refused');
  if (verdict === 'expire') {
    const { after, facts } = expire(before);
    const refusal = refused(after, 'capture', asked, 'authorisation_expired');
    return { ...refusal, facts: [...facts, ...refusal.facts] };
  }
  return succeeded({ ...before, status: 'captured', captured: asked.amount }, 'capture', asked);
}

/** Lets the held amount go. */
export function release(before: Authorisation, verdict: Verdict): Decision {
  if (!isOpen(before)) return refused(before, 'void', before, 'invalid_state');
  if (verdict === 'decline') return refused(before, 'void', before, 'void_refused');
  return succeeded({ ...before, status: 'voided' }, 'void', before);
}

/** Gives some or all of the captured amount back; the sum of all refunds never exceeds it. */
export function refund(before: Authorisation, asked: Amount, verdict: Verdict): Decision {
  if (before.status !== 'captured' && before.status !== 'partially_refunded') {
    return refused(before, 'refund', asked, before.status === 'refunded' ? 'amount_exceeds_captured' : 'invalid_state');
  }
  if (asked.currency !== before.currency) return refused(before, 'refund', asked, 'currency_mismatch');
  const refunded = before.refunded + asked.amount;
  if (refunded > before.captured) return refused(before, 'refund', asked, 'amount_exceeds_captured');
  if (verdict === 'decline') return refused(before, 'refund', asked, 'refund_failed');
  return succeeded({ ...before, refunded, status: refunded === before.captured ? 'refunded' : 'partially_refunded' }, 'refund', asked);
}

/** The held amount is let go because too much time passed. */
export function expire(before: Authorisation): Decision {
  if (!isOpen(before)) return refused(before, 'expire', before, 'invalid_state');
  return succeeded({ ...before, status: 'expired' }, 'expire', before);
}

const isOpen = ({ status }: Authorisation): boolean => status === 'authorised' || status === 'requires_action';

/** The amount is held, and taken in the same breath if that was asked for. */
function held(authorised: Authorisation, by: 'authorise' | 'approve'): Decision {
  const opened = succeeded(authorised, by, authorised);
  if (!authorised.captureAtOnce) return opened;
  const taken = capture(authorised, authorised, 'approve');
  return { ...taken, facts: [...opened.facts, ...taken.facts] };
}

function succeeded(after: Authorisation, operation: LedgerOperation, amount: Amount): Decision {
  return { after, facts: [factOf(operation, after, amount)], refusal: null };
}

function refused(before: Authorisation, operation: LedgerOperation, amount: Amount, reason: Reason): Decision {
  return { after: before, facts: [{ ...factOf(operation, before, amount), outcome: 'refused', reason }], refusal: reason };
}

const factOf = (operation: LedgerOperation, after: Authorisation, { amount, currency }: Amount): Fact => ({
  operation,
  amount,
  currency,
  outcome: 'succeeded',
  reason: null,
  status: after.status,
});
