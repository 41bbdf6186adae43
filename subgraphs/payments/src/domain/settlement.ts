import { factsOf, type PaymentFact } from './messages.ts';
import { keyOf, type Operation, type Work } from './operation.ts';
import { pauseMs, type Patience } from './pauses.ts';
import { mayMove, type BuyerAction, type PaymentStatus } from './payment.ts';
import type { RefundStatus } from './refund.ts';

/** When and how patiently something is decided. `now` is database time; `random` is 0 (inclusive) to 1 (exclusive). */
export interface Moment {
  readonly now: Date;
  readonly patience: Patience;
  readonly random: number;
}

/** What a payment becomes. */
export interface PaymentChange {
  readonly status: PaymentStatus;
  readonly captured: number;
  readonly refunded: number;
  readonly providerRef: string | null;
  readonly action: BuyerAction | null;
  readonly attention: string | null;
}

/** What an operation becomes, and in how many milliseconds it is looked at again. */
export type OperationChange = Pick<Operation, 'state' | 'call' | 'key' | 'tries' | 'enquiries' | 'doubtSince' | 'unknownSince'> & {
  readonly runInMs: number;
};

/** Everything that is written when a step of an operation is over: one transaction, facts included. `null` leaves a row as it is. */
export interface Settlement {
  readonly operation: OperationChange;
  readonly payment: PaymentChange | null;
  readonly refund: RefundStatus | null;
  readonly facts: readonly PaymentFact[];
}

/** The words for this payment in answer to this operation's command. */
export const say = ({ payment, operation }: Work) => factsOf(payment, operation.commandId);

/** The payment with some of it changed. */
export function changed({ payment }: Work, change: Partial<PaymentChange>): PaymentChange {
  const { status, captured, refunded, providerRef, attention } = payment;
  return { status, captured, refunded, providerRef, attention, action: null, ...change };
}

/** The operation's one definite reply. A move that the map does not list is parked instead. */
export function finish(
  work: Work,
  moment: Moment,
  reply: PaymentFact,
  change: Partial<PaymentChange> = {},
  refund: RefundStatus | null = null,
): Settlement {
  const to = change.status ?? work.payment.status;
  if (to !== work.payment.status && !mayMove(work.payment.status, to))
    return park(work, moment, `ILLEGAL_TRANSITION ${work.payment.status} to ${to}`);
  const payment = Object.keys(change).length === 0 ? null : changed(work, change);
  return { operation: { ...step(work), state: 'DONE' }, payment, refund, facts: [reply] };
}

/** The call certainly has no effect and is made again later, but not past the deadline. */
export function retryLater(work: Work, { now, patience, random }: Moment): Settlement {
  const { tries, deadlineAt } = work.operation;
  const pause = pauseMs(patience.retryMs, tries, random);
  const left = deadlineAt === null ? pause : Math.max(0, deadlineAt.getTime() - now.getTime());
  return unchanged({ ...step(work), state: 'READY', tries: tries + 1, runInMs: Math.min(pause, left) });
}

/** The call, or the same call once more, is due now. */
export const callNow = (work: Work, change: Partial<OperationChange> = {}): Settlement =>
  unchanged({ ...step(work), state: 'READY', tries: 0, unknownSince: null, ...change });

/** The authorisation that waits for its buyer is undone: the provider's word on that ends the operation. */
export const undo = (work: Work): Settlement => callNow(work, { call: 'VOID', key: keyOf(work.payment.orderId, 'VOID') });

/** The provider still waits for the buyer. */
export const keepWaiting = (work: Work, { patience, random }: Moment): Settlement =>
  unchanged({ ...step(work), state: 'AWAITING_BUYER', runInMs: pauseMs([patience.buyerMs], 0, random) });

/** Only an enquiry goes on from here. The first time in a doubt, payment or refund are marked and the others are told. */
export function askLater(work: Work, { now, patience, random }: Moment, since: Date | null): Settlement {
  const { enquiries } = work.operation;
  const asked = work.operation.state === 'ENQUIRE' ? enquiries + 1 : enquiries;
  return {
    ...doubt(work),
    operation: {
      ...step(work),
      state: 'ENQUIRE',
      enquiries: asked,
      runInMs: pauseMs(patience.enquiryMs, asked, random),
      doubtSince: work.operation.doubtSince ?? now,
      unknownSince: since ?? now,
    },
  };
}

/** What the provider says cannot be. Never taken for success: a person has to look. */
export function park(work: Work, { now }: Moment, attention: string): Settlement {
  const doubtful = doubt(work);
  return {
    ...doubtful,
    operation: { ...step(work), state: 'PARKED', doubtSince: work.operation.doubtSince ?? now },
    payment: { ...(doubtful.payment ?? changed(work, { action: work.payment.action })), attention },
  };
}

function doubt(work: Work): Omit<Settlement, 'operation'> {
  const { operation, payment } = work;
  if (operation.doubtSince !== null) return { payment: null, refund: null, facts: [] };
  const facts = [say(work).inDoubt(operation.call)];
  if (operation.kind === 'REFUND') return { payment: null, refund: 'IN_DOUBT', facts };
  return { payment: mayMove(payment.status, 'IN_DOUBT') ? changed(work, { status: 'IN_DOUBT' }) : null, refund: null, facts };
}

function step({ operation }: Work): OperationChange {
  const { state, call, key, tries, enquiries, doubtSince, unknownSince } = operation;
  return { state, call, key, tries, enquiries, doubtSince, unknownSince, runInMs: 0 };
}

const unchanged = (operation: OperationChange): Settlement => ({ operation, payment: null, refund: null, facts: [] });
