import type { AuthorisationView, Status } from '@tally/payment-simulator';
import type { Answer } from './books.ts';
import type { CallAnswer, EnquiryAnswer, Snapshot } from './payment-provider.ts';

const statuses: Readonly<Record<Status, Snapshot['status']>> = {
  requires_action: 'REQUIRES_ACTION',
  authorised: 'AUTHORISED',
  captured: 'CAPTURED',
  partially_refunded: 'CAPTURED',
  refunded: 'CAPTURED',
  declined: 'DECLINED',
  voided: 'VOIDED',
  expired: 'VOIDED',
};

/** What the books say to a call, in the words of the port. */
export function callAnswerOf(answer: Answer): CallAnswer {
  // Which request the key belongs to, only an enquiry can tell.
  if (answer === 'key reused') return { kind: 'UNKNOWN', code: 'HTTP_409' };
  const snapshot = snapshotOf(answer.view);
  return answer.refusal === null ? { kind: 'ANSWERED', snapshot } : { kind: 'REFUSED', code: answer.refusal, snapshot };
}

/** What the books say to an enquiry after the call of `key`. */
export function enquiryAnswerOf(found: readonly AuthorisationView[], key: string): EnquiryAnswer {
  const [view, ...others] = found;
  if (view === undefined) return { kind: 'NOT_FOUND' };
  if (others.length > 0) return { kind: 'UNKNOWN', code: 'AMBIGUOUS' };
  const own = view.operations.findLast((entry) => entry.key === key);
  if (own === undefined) return { kind: 'FOUND', snapshot: snapshotOf(view), outcome: 'NONE', code: null };
  return { kind: 'FOUND', snapshot: snapshotOf(view), outcome: own.outcome === 'refused' ? 'REFUSED' : 'SUCCEEDED', code: own.reason };
}

const snapshotOf = ({ id, order, amount, currency, status, captured, actionUrl, operations }: AuthorisationView): Snapshot => ({
  ref: id,
  orderId: order,
  amount,
  currency,
  status: statuses[status],
  captured,
  actionUrl,
  declineCode: operations.find(({ outcome }) => outcome === 'declined')?.reason ?? null,
});
