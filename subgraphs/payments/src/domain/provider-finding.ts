import { ok, refuse, type Money, type Outcome } from '@tally/kernel';
import type { Snapshot } from './evidence.ts';
import type { Work } from './operation.ts';
import { settleCall, settleEnquiry } from './settle.ts';
import { changed, type Moment, type Settlement } from './settlement.ts';

/** What a person found in the provider's books about an operation in doubt. */
export type ProviderFinding = 'AUTHORISED' | 'CAPTURED' | 'DECLINED' | 'VOIDED' | 'REFUNDED' | 'REFUSED';

/** What they saw besides. */
export interface Finding {
  readonly found: ProviderFinding;
  /** Of a refund its own amount, else that of the authorisation. */
  readonly amount: Money;
  /** The provider's name for the authorisation; `null`: not stated. */
  readonly providerRef: string | null;
}

/** Why it does not end the doubt. */
export interface FindingProblem {
  readonly field: 'found' | 'amount' | 'providerRef';
  readonly message: string;
}

const spokenByStaff = 'STATED_BY_STAFF';

/**
 * What follows when a person has seen the provider's books: the same as if an enquiry had found it, and only where that ends the operation. Nothing
 * is decided here that `settle` does not decide.
 */
export function settleFinding(work: Work, finding: Finding, moment: Moment): Outcome<Settlement, FindingProblem> {
  const problem = amountProblem(work, finding.amount);
  if (problem !== null) return refuse(problem);
  if (finding.found === 'REFUSED')
    return onlyIfOver(work, settleCall(work, { kind: 'REFUSED', code: spokenByStaff, snapshot: null }, moment));
  if ((finding.found === 'REFUNDED') !== (work.operation.kind === 'REFUND') && finding.found !== 'CAPTURED') return refuse(notAnEnd(work));
  const ref = finding.providerRef ?? work.payment.providerRef;
  if (ref === null)
    return refuse({ field: 'providerRef', message: 'The provider’s name for the authorisation is not known here: state it.' });
  const snapshot = toSnapshot(work, finding.found, ref);
  const outcome = isDone(work, finding.found) ? 'SUCCEEDED' : 'REFUSED';
  return onlyIfOver(work, settleEnquiry(work, { kind: 'FOUND', snapshot, outcome, code: spokenByStaff }, moment));
}

function amountProblem({ operation, payment }: Work, stated: Money): FindingProblem | null {
  const expected = operation.refund?.amount ?? payment.amount;
  if (expected === null) return { field: 'found', message: 'Nothing but a void is known of this payment.' };
  const same = stated.amount === expected.amount && stated.currency === expected.currency;
  return same ? null : { field: 'amount', message: `The operation in doubt is about ${String(expected.amount)} ${expected.currency}.` };
}

function toSnapshot({ payment }: Work, found: Exclude<ProviderFinding, 'REFUSED'>, ref: string): Snapshot {
  const status = found === 'REFUNDED' ? 'CAPTURED' : found;
  const { amount = 0, currency = '' } = payment.amount ?? {};
  const declineCode = found === 'DECLINED' ? spokenByStaff : null;
  return {
    ref,
    orderId: payment.orderId,
    amount,
    currency,
    status,
    captured: status === 'CAPTURED' ? amount : 0,
    actionUrl: null,
    declineCode,
  };
}

/** Whether what was found is what the operation was to bring about. */
function isDone({ operation: { kind } }: Work, found: ProviderFinding): boolean {
  switch (kind) {
    case 'AUTHORISE':
      return true;
    case 'CAPTURE':
      return found === 'CAPTURED';
    case 'VOID':
      return found === 'VOIDED';
    case 'REFUND':
      return found === 'REFUNDED';
  }
}

function onlyIfOver(work: Work, settlement: Settlement): Outcome<Settlement, FindingProblem> {
  if (settlement.operation.state !== 'DONE') return refuse(notAnEnd(work));
  // Somebody has looked.
  return ok({ ...settlement, payment: { ...(settlement.payment ?? changed(work, {})), attention: null } });
}

const notAnEnd = ({ operation: { kind } }: Work): FindingProblem => ({
  field: 'found',
  message: `This does not end the ${kind} that is in doubt, or does not go with the authorisation that is known.`,
});
