import { unreachable, type Id, type Money } from '@tally/kernel';
import { refundFailed } from './attention.ts';
import { moveOf, type CancelReason, type OrderMove, type OrderStatus } from './order.ts';
import { notDelivered } from './problems.ts';
import { answered, commandIdOf, isOutstanding, isPaymentCommand, madeVoid, type Command, type SentCommand } from './saga-commands.ts';
import { answersTo, impossible, progressOf, type Reply } from './saga-replies.ts';
import { after, authorise, complete, end, reserve, sendBackHeldMoney, settle, stays, takeBack, unasked } from './saga-steps.ts';

/**
 * The saga of one order: stock, then money, then forward only.
 *
 * RESERVE      products were asked for the stock. Reserved: AUTHORISE. Rejected: ended.
 * AUTHORISE    payments were asked for the money. Authorised: COMPLETE, the pivot. Declined or certainly failed: stock released, ended. In doubt or
 *              waiting for the buyer is progress, not an answer: the command stays outstanding.
 * COMPLETE     sold: stock is committed and money captured, in either order; both make it ended. A capture refused for good: CANCELLING.
 * CANCELLING   money is on its way back; nothing is released before its fate is certain. `endsAs` says how the order will end. A failed refund leaves
 *              it here with `attention`.
 * ENDED        nothing is awaited but the answers to what was sent at the end. Money that turns up for an order that is no sale is sent back. A sale
 *              that is cancelled before it ships goes to CANCELLING.
 *
 * A reply is matched by the id of its command. Replies to a command that a later decision made void are late and change nothing but the record.
 */
export type Saga =
  | (SagaFacts & { readonly step: 'RESERVE' })
  | (SagaFacts & { readonly step: 'AUTHORISE' })
  | (SagaFacts & { readonly step: 'COMPLETE'; readonly captured: boolean; readonly committed: boolean })
  | (SagaFacts & { readonly step: 'CANCELLING'; readonly endsAs: 'CANCELLED' | 'PAYMENT_FAILED' })
  | (SagaFacts & { readonly step: 'ENDED'; readonly as: SagaEnd });

export type SagaStep = Saga['step'];
export type SagaEnd = 'SOLD' | 'REJECTED' | 'PAYMENT_FAILED' | 'CANCELLED';

export interface SagaFacts {
  readonly sagaId: Id<'saga'>;
  readonly orderId: Id<'ord'>;
  readonly buyerId: Id<'usr'>;
  readonly total: Money;
  readonly paymentMethodId: Id<'pm'> | null;
  /** All that were ever sent, oldest first. */
  readonly commands: readonly SentCommand[];
  /** Since when the outcome of a call to the provider has been unknown. */
  readonly inDoubtSince: Date | null;
  /** When the step is given up; `null` while nothing may be given up. */
  readonly deadlineAt: Date | null;
  /** Why a person has to look; `null` while nobody has to. */
  readonly attention: string | null;
}

/** How long a step may wait for its answer, in milliseconds. */
export interface Deadlines {
  readonly reserveMs: number;
  readonly authoriseMs: number;
  readonly completeMs: number;
}

/** 15 minutes, 30 minutes, 24 hours (docs/reliability.md, saga). */
export const standardDeadlines: Deadlines = { reserveMs: 15 * 60_000, authoriseMs: 30 * 60_000, completeMs: 24 * 3_600_000 };

/**
 * MOVED: the saga took a step. PROGRESS: under way, still outstanding. REPEATED: was answered before. LATE: its command was made void. UNASKED: a fact
 * without a command, on record.
 */
export type Verdict = 'MOVED' | 'PROGRESS' | 'REPEATED' | 'LATE' | 'UNASKED';

/** What a reply, a decision or the clock makes of a saga. */
export interface Advance {
  readonly saga: Saga;
  /** To be sent, in this order. */
  readonly send: readonly Command[];
  readonly move: OrderMove | null;
  readonly verdict: Verdict;
}

/** The first step of an order that was accepted. */
export function begin(
  facts: Pick<SagaFacts, 'sagaId' | 'orderId' | 'buyerId' | 'total' | 'paymentMethodId'>,
  lines: readonly { readonly variantId: Id<'var'>; readonly quantity: number }[],
  now: Date,
  deadlines: Deadlines,
): { readonly saga: Saga; readonly reserve: Command } {
  const { sagaId, orderId, buyerId, total, paymentMethodId } = facts;
  const id = commandIdOf(sagaId, 'ReserveStock', 1);
  const saga: Saga = {
    ...{ sagaId, orderId, buyerId, total, paymentMethodId },
    step: 'RESERVE',
    commands: [{ id, type: 'ReserveStock', state: 'OUTSTANDING' }],
    inDoubtSince: null,
    deadlineAt: after(now, deadlines.reserveMs),
    attention: null,
  };
  const wanted = lines.map(({ variantId, quantity }) => ({ variantId, quantity }));
  return { saga, reserve: { id, type: 'ReserveStock', data: { commandId: id, order: { id: orderId }, lines: wanted } } };
}

/**
 * What a reply or fact makes of the saga.
 *
 * @throws {ImpossibleReplyError} the command was never sent, or cannot have this answer, or the amount is not the order's.
 */
export function advance(saga: Saga, reply: Reply, now: Date, deadlines: Deadlines): Advance {
  const { commandId } = reply.data;
  if (commandId === null) return unasked(saga, reply);
  const command = saga.commands.find(({ id }) => id === commandId);
  if (command === undefined) throw impossible(saga, reply, 'no such command was sent');
  if (command.state === 'ANSWERED' || command.state === 'VOID_ANSWERED') return stays(saga, 'REPEATED');
  const progress = progressOf(reply);
  if (progress !== null) {
    if (!isPaymentCommand(command.type)) throw impossible(saga, reply, `${command.type} is not about money`);
    return stays(progress === 'IN_DOUBT' ? { ...saga, inDoubtSince: saga.inDoubtSince ?? now } : saga, 'PROGRESS');
  }
  if (!answersTo[command.type].includes(reply.type)) throw impossible(saga, reply, `${command.type} has no such answer`);
  const heard = answered(saga, command);
  if (command.state === 'VOID') return sendBackHeldMoney(heard, reply, 'LATE');
  switch (heard.step) {
    case 'RESERVE':
      return reserve(heard, reply, now, deadlines);
    case 'AUTHORISE':
      return authorise(heard, reply, now, deadlines);
    case 'COMPLETE':
      return complete(heard, reply);
    case 'CANCELLING':
      return settle(heard, reply);
    case 'ENDED':
      return reply.type === 'RefundFailed'
        ? stays({ ...heard, attention: refundFailed(reply.data.reason) }, 'MOVED')
        : sendBackHeldMoney(heard, reply, 'MOVED');
    default:
      return unreachable(heard);
  }
}

/** The order is called off, by its buyer, by staff or by a rule. `null`: it is too late, or it has ended. */
export function cancel(saga: Saga, status: OrderStatus, reason: CancelReason): Advance | null {
  const why = { problems: [notDelivered(reason)], cancelReason: reason };
  if (saga.step === 'RESERVE' && status === 'PENDING')
    return end(madeVoid(saga, 'ReserveStock'), 'CANCELLED', moveOf('PENDING', 'CANCELLED', why), reason);
  const move = (): OrderMove => moveOf(status, 'CANCELLING', why);
  switch (saga.step) {
    case 'AUTHORISE':
      return status === 'STOCK_RESERVED' ? takeBack(madeVoid(saga, 'AuthorisePayment'), 'VoidPayment', 'CANCELLED', move(), reason) : null;
    case 'COMPLETE':
      if (status !== 'CONFIRMED' && status !== 'PROCESSING') return null;
      return takeBack(
        madeVoid(saga, 'CapturePayment', 'CommitStock'),
        saga.captured ? 'RefundPayment' : 'VoidPayment',
        'CANCELLED',
        move(),
        reason,
      );
    case 'CANCELLING':
      // The payment step had run out of time and its void is under way: that very void now serves the cancellation.
      return status === 'STOCK_RESERVED' ? { saga: { ...saga, endsAs: 'CANCELLED' }, send: [], move: move(), verdict: 'MOVED' } : null;
    case 'ENDED':
      return saga.as === 'SOLD' && status === 'PROCESSING' ? takeBack(saga, 'RefundPayment', 'CANCELLED', move(), reason) : null;
    case 'RESERVE':
      return null;
    default:
      return unreachable(saga);
  }
}

/** The deadline of the step has passed. `null`: it has not, or there is none. */
export function expire(saga: Saga, now: Date): Advance | null {
  if (saga.deadlineAt === null || saga.deadlineAt > now) return null;
  switch (saga.step) {
    case 'RESERVE':
      return cancel(saga, 'PENDING', 'TIMEOUT');
    case 'AUTHORISE':
      return takeBack(madeVoid(saga, 'AuthorisePayment'), 'VoidPayment', 'PAYMENT_FAILED', null, 'TIMEOUT');
    case 'COMPLETE': {
      const missing = saga.commands.filter(isOutstanding).map(({ type }) => type);
      return stays({ ...saga, deadlineAt: null, attention: `no answer to ${missing.join(' and ')}` }, 'MOVED');
    }
    case 'CANCELLING':
    case 'ENDED':
      return stays({ ...saga, deadlineAt: null }, 'MOVED');
    default:
      return unreachable(saga);
  }
}
