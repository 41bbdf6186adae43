import { money } from '@tally/kernel';
import type { CallAnswer, EnquiryAnswer, Found, Snapshot } from './evidence.ts';
import type { Work } from './operation.ts';
import type { Payment } from './payment.ts';
import { afterRefund } from './refund.ts';
import { askLater, callNow, changed, finish, keepWaiting, park, retryLater, say, type Moment, type Settlement } from './settlement.ts';

/** What follows from the provider's answer to a call. */
export function settleCall(work: Work, answer: CallAnswer, moment: Moment): Settlement {
  switch (answer.kind) {
    case 'NOT_SENT':
      return retryLater(work, moment);
    case 'UNKNOWN':
      return askLater(work, moment, moment.now);
    case 'ANSWERED':
      return conclude(work, { snapshot: answer.snapshot, outcome: 'SUCCEEDED', code: answer.snapshot.declineCode }, moment);
    case 'REFUSED':
      return answer.snapshot === null
        ? refused(work, answer.code, moment)
        : conclude(work, { snapshot: answer.snapshot, outcome: 'REFUSED', code: answer.code }, moment);
  }
}

/** What follows from the provider's answer to an enquiry. */
export function settleEnquiry(work: Work, answer: EnquiryAnswer, moment: Moment): Settlement {
  switch (answer.kind) {
    case 'FOUND':
      return conclude(work, answer, moment);
    case 'NOT_FOUND':
      return isWaiting(work) ? keepWaiting(work, moment) : notDone(work, moment);
    case 'NOT_SENT':
    case 'UNKNOWN':
      return isWaiting(work) ? keepWaiting(work, moment) : askLater(work, moment, work.operation.unknownSince);
  }
}

type Conclusion = Omit<Found, 'kind'>;

/** Reads the state of the authorisation as the answer to the operation. */
function conclude(work: Work, found: Conclusion, moment: Moment): Settlement {
  const difference = differs(work.payment, found.snapshot);
  if (difference !== null) return park(work, moment, `MISMATCH ${difference}`);
  switch (work.operation.kind) {
    case 'AUTHORISE':
      return work.operation.call === 'VOID' ? concludeUndo(work, found, moment) : concludeAuthorise(work, found, moment);
    case 'CAPTURE':
      return concludeCapture(work, found, moment);
    case 'VOID':
      return concludeVoid(work, found, moment);
    case 'REFUND':
      return concludeRefund(work, found, moment);
  }
}

function concludeAuthorise(work: Work, { snapshot, code }: Conclusion, moment: Moment): Settlement {
  const providerRef = snapshot.ref;
  switch (snapshot.status) {
    case 'AUTHORISED':
      return finish(work, moment, say(work).authorised(money(snapshot.amount, snapshot.currency)), { status: 'AUTHORISED', providerRef });
    case 'CAPTURED':
      return taken(work, snapshot, moment);
    case 'DECLINED':
      return finish(work, moment, say(work).declined(snapshot.declineCode ?? code ?? 'DECLINED'), { status: 'DECLINED', providerRef });
    case 'VOIDED':
      return finish(work, moment, say(work).failed('VOIDED'), { status: 'VOIDED', providerRef });
    case 'REQUIRES_ACTION':
      return awaitBuyer(work, snapshot, moment);
  }
}

/** The undo of an authorisation that waited for its buyer, who may have been quicker. */
function concludeUndo(work: Work, found: Conclusion, moment: Moment): Settlement {
  const { snapshot, outcome } = found;
  if (snapshot.status !== 'AUTHORISED' && snapshot.status !== 'REQUIRES_ACTION') return concludeAuthorise(work, found, moment);
  return outcome === 'NONE' ? notDone(work, moment) : park(work, moment, `VOID_${outcome} but ${snapshot.status}`);
}

function concludeCapture(work: Work, { snapshot, outcome, code }: Conclusion, moment: Moment): Settlement {
  if (snapshot.status === 'CAPTURED') return taken(work, snapshot, moment);
  if (snapshot.status === 'VOIDED') return finish(work, moment, say(work).captureRefused(code ?? 'VOIDED'), { status: 'VOIDED' });
  if (snapshot.status !== 'AUTHORISED') return park(work, moment, `CAPTURE_${outcome} but ${snapshot.status}`);
  if (outcome === 'REFUSED') return finish(work, moment, say(work).captureRefused(code ?? 'REFUSED'), { status: 'AUTHORISED' });
  return outcome === 'NONE' ? notDone(work, moment) : park(work, moment, 'CAPTURE_SUCCEEDED but AUTHORISED');
}

function concludeVoid(work: Work, { snapshot, outcome }: Conclusion, moment: Moment): Settlement {
  if (snapshot.status === 'VOIDED') return finish(work, moment, say(work).voided(), { status: 'VOIDED' });
  if (snapshot.status === 'CAPTURED') return taken(work, snapshot, moment);
  return outcome === 'NONE' && snapshot.status === 'AUTHORISED'
    ? notDone(work, moment)
    : park(work, moment, `VOID_${outcome} but ${snapshot.status}`);
}

function concludeRefund(work: Work, { snapshot, outcome, code }: Conclusion, moment: Moment): Settlement {
  const { refund } = work.operation;
  if (refund === null || snapshot.status !== 'CAPTURED') return park(work, moment, `REFUND_${outcome} but ${snapshot.status}`);
  if (outcome === 'NONE') return notDone(work, moment);
  if (outcome === 'REFUSED') return finish(work, moment, say(work).refundFailed(refund, code ?? 'REFUSED'), {}, 'FAILED');
  return finish(work, moment, say(work).refunded(refund), afterRefund(work.payment, refund), 'SUCCEEDED');
}

/** Refused for good without a word on how the authorisation stands. */
function refused(work: Work, code: string, moment: Moment): Settlement {
  const { kind, call, refund } = work.operation;
  // Why a void is refused, only the state of the authorisation can tell.
  if (call === 'VOID') return askLater(work, moment, moment.now);
  if (kind === 'AUTHORISE') return finish(work, moment, say(work).declined(code), { status: 'DECLINED' });
  if (kind === 'CAPTURE') return finish(work, moment, say(work).captureRefused(code), { status: 'AUTHORISED' });
  return refund === null ? park(work, moment, 'REFUND_MISSING') : finish(work, moment, say(work).refundFailed(refund, code), {}, 'FAILED');
}

/** The provider has not seen the call. That counts only once it cannot be on its way any more; then the same call is made again. */
function notDone(work: Work, moment: Moment): Settlement {
  const { unknownSince } = work.operation;
  const settled = unknownSince !== null && moment.now.getTime() - unknownSince.getTime() >= moment.patience.settleMs;
  return settled ? callNow(work) : askLater(work, moment, unknownSince);
}

function taken(work: Work, snapshot: Snapshot, moment: Moment): Settlement {
  const amount = money(snapshot.captured, snapshot.currency);
  return finish(work, moment, say(work).captured(amount), { status: 'CAPTURED', captured: snapshot.captured, providerRef: snapshot.ref });
}

function awaitBuyer(work: Work, { ref, actionUrl }: Snapshot, moment: Moment): Settlement {
  const waiting = keepWaiting(work, moment);
  const expiresAt = work.operation.deadlineAt;
  if (actionUrl === null || expiresAt === null) return park(work, moment, 'NO_ACTION_URL');
  if (work.payment.status === 'REQUIRES_ACTION') return waiting;
  return {
    ...waiting,
    operation: { ...waiting.operation, doubtSince: null, unknownSince: null, enquiries: 0 },
    payment: changed(work, { status: 'REQUIRES_ACTION', providerRef: ref, action: { url: actionUrl, expiresAt } }),
    facts: [say(work).actionRequired(actionUrl, expiresAt)],
  };
}

const isWaiting = ({ operation }: Work): boolean => operation.state === 'AWAITING_BUYER';

/** What of an authorisation is not what we asked for: order, amount, currency, or another authorisation altogether. */
function differs({ orderId, amount, providerRef }: Payment, snapshot: Snapshot): string | null {
  if (snapshot.orderId !== orderId) return 'order';
  if (providerRef !== null && snapshot.ref !== providerRef) return 'authorisation';
  if (snapshot.amount !== amount?.amount || snapshot.currency !== amount.currency) return 'amount';
  return snapshot.status === 'CAPTURED' && snapshot.captured !== snapshot.amount ? 'captured amount' : null;
}
