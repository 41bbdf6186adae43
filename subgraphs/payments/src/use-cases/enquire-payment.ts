import { ok, parseId, refuse, type Id, type Outcome } from '@tally/kernel';
import type { Intervene } from '../ports/doubts.ts';
import { mayOperate, noSuchPayment, notInDoubt, type InterventionProblem, type Operator } from './operator.ts';

export interface EnquirePayment {
  readonly by: Operator;
  readonly paymentId: string;
  /** `null`: what was sent is no reason. */
  readonly reason: string | null;
}

/** Has the provider asked now about what is in doubt, and puts on record who wanted that. The enquiry itself is the worker's, as ever. */
export function createEnquirePayment({ intervene }: { readonly intervene: Intervene }) {
  return async function enquirePayment({ by, paymentId, reason }: EnquirePayment): Promise<Outcome<Id<'pay'>, InterventionProblem>> {
    if (!mayOperate(by)) return refuse({ code: 'FORBIDDEN' });
    const id = parseId('pay', paymentId);
    if (id === null) return refuse({ code: 'INVALID', message: 'This is no id of a payment.', field: 'paymentId' });
    if (reason === null) return refuse({ code: 'INVALID', message: '1 to 500 characters on one line.', field: 'reason' });
    return intervene(async ({ doubts, interventions }) => {
      const hurried = await doubts.hurry(id);
      if (hurried.kind !== 'HURRIED') return refuse(hurried.kind === 'NOT_IN_DOUBT' ? notInDoubt : noSuchPayment);
      const { operation } = hurried;
      await interventions.record({ actor: by.id, action: 'paymentEnquire', subject: id, reason, details: { operation } });
      return ok(id);
    });
  };
}
