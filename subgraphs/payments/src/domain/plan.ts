import { money } from '@tally/kernel';
import type { PaymentFact } from './messages.ts';
import { isOwnDoubt, type Work } from './operation.ts';
import type { Payment } from './payment.ts';
import { refundProblem } from './refund.ts';
import { finish, park, say, undo, type Moment, type Settlement } from './settlement.ts';

/** What is done about an operation now: ask the provider for something, ask how it is, or neither. */
export type Step = { readonly act: 'CALL' } | { readonly act: 'ENQUIRE' } | { readonly act: 'SETTLE'; readonly settlement: Settlement };

const call: Step = { act: 'CALL' };
const enquire: Step = { act: 'ENQUIRE' };
const settle = (settlement: Settlement): Step => ({ act: 'SETTLE', settlement });

/** Decides the next step. A call is planned only where nothing of the operation can have had an effect. */
export function plan(work: Work, moment: Moment): Step {
  const { operation, interrupted, voidWaits } = work;
  if (interrupted || operation.state === 'ENQUIRE') return enquire;
  if (operation.state === 'AWAITING_BUYER') return voidWaits || isOver(work, moment) ? settle(undo(work)) : enquire;
  switch (operation.kind) {
    case 'AUTHORISE':
      return operation.call === 'VOID' ? call : planAuthorise(work, moment);
    case 'CAPTURE':
      return planCapture(work, moment);
    case 'VOID':
      return work.payment.status === 'AUTHORISED' || isOwnDoubt(work) ? call : settle(answerVoid(work, moment));
    case 'REFUND':
      return planRefund(work, moment);
  }
}

function planAuthorise(work: Work, moment: Moment): Step {
  const { payment, voidWaits } = work;
  if (payment.status !== 'PENDING' && !isOwnDoubt(work)) return settle(answerAuthorise(work, moment));
  if (payment.token === null) return settle(finish(work, moment, say(work).declined('PAYMENT_METHOD_UNAVAILABLE'), { status: 'DECLINED' }));
  if (voidWaits) return settle(finish(work, moment, say(work).failed('VOIDED'), { status: 'VOIDED' }));
  if (isOver(work, moment)) return settle(finish(work, moment, say(work).failed('PROVIDER_UNAVAILABLE'), { status: 'FAILED' }));
  return call;
}

function planCapture(work: Work, moment: Moment): Step {
  const { payment, voidWaits } = work;
  if (payment.status !== 'AUTHORISED' && !isOwnDoubt(work)) {
    return settle(finish(work, moment, wasCaptured(payment) ? captured(work) : say(work).captureRefused(payment.status)));
  }
  // Certainly not captured, and about to be voided: taking the money only to give it back helps nobody.
  if (voidWaits) return settle(finish(work, moment, say(work).captureRefused('VOIDED'), { status: 'AUTHORISED' }));
  if (isOver(work, moment)) return settle(finish(work, moment, say(work).captureRefused('PROVIDER_UNAVAILABLE'), { status: 'AUTHORISED' }));
  return call;
}

function planRefund(work: Work, moment: Moment): Step {
  const { operation, payment, spokenFor } = work;
  const { refund, doubtSince } = operation;
  if (refund === null) return settle(park(work, moment, 'REFUND_MISSING'));
  // The same refund was asked for before, by another command.
  if (refund.status === 'SUCCEEDED') return settle(finish(work, moment, say(work).refunded(refund)));
  if (refund.status === 'FAILED') return settle(finish(work, moment, say(work).refundFailed(refund, 'FAILED')));
  const problem = doubtSince === null ? refundProblem(payment, refund, spokenFor) : null;
  if (problem !== null) return settle(finish(work, moment, say(work).refundFailed(refund, problem), {}, 'FAILED'));
  if (isOver(work, moment)) return settle(finish(work, moment, say(work).refundFailed(refund, 'PROVIDER_UNAVAILABLE'), {}, 'FAILED'));
  return call;
}

function answerAuthorise(work: Work, moment: Moment): Settlement {
  const { payment } = work;
  if (wasCaptured(payment)) return finish(work, moment, captured(work));
  switch (payment.status) {
    case 'AUTHORISED':
      return payment.amount === null ? park(work, moment, 'AMOUNT_MISSING') : finish(work, moment, say(work).authorised(payment.amount));
    case 'DECLINED':
      return finish(work, moment, say(work).declined('DECLINED'));
    case 'FAILED':
    case 'VOIDED':
      return finish(work, moment, say(work).failed(payment.status));
    default:
      return park(work, moment, `UNEXPECTED ${payment.status}`);
  }
}

function answerVoid(work: Work, moment: Moment): Settlement {
  const { payment } = work;
  if (wasCaptured(payment)) return finish(work, moment, captured(work));
  switch (payment.status) {
    case 'VOIDED':
      return finish(work, moment, say(work).voided());
    case 'DECLINED':
      return finish(work, moment, say(work).declined('DECLINED'));
    case 'FAILED':
      return finish(work, moment, say(work).failed('FAILED'));
    default:
      return park(work, moment, `UNEXPECTED ${payment.status}`);
  }
}

const wasCaptured = ({ status }: Payment): boolean => status === 'CAPTURED' || status === 'PARTIALLY_REFUNDED' || status === 'REFUNDED';

const captured = (work: Work): PaymentFact => say(work).captured(money(work.payment.captured, work.payment.amount?.currency ?? 'XXX'));

const isOver = ({ operation }: Work, { now }: Moment): boolean => operation.deadlineAt !== null && operation.deadlineAt <= now;
