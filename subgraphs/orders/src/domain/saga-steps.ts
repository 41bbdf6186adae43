import { refundFailed } from './attention.ts';
import { moveOf, type OrderMove, type Problem } from './order.ts';
import { paymentDeclined, paymentNotCollected, paymentNotCompleted, paymentNotPossible, shortLines } from './problems.ts';
import type { Advance, Deadlines, Saga, SagaEnd, Verdict } from './saga.ts';
import { isOutstanding, isPaymentCommand, issue, madeVoid, plain, undo, type MakeCommand } from './saga-commands.ts';
import { impossible, type Reply } from './saga-replies.ts';

export function reserve(saga: Saga & { step: 'RESERVE' }, reply: Reply, now: Date, deadlines: Deadlines): Advance {
  if (reply.type === 'StockReserved') {
    const deadlineAt = after(now, deadlines.authoriseMs);
    const { buyerId, total, paymentMethodId } = saga;
    const next = issue({ ...saga, step: 'AUTHORISE', deadlineAt }, (ids) => {
      const id = ids('AuthorisePayment');
      const terms = { buyer: { id: buyerId }, amount: { ...total }, paymentMethodId, deadlineAt: deadlineAt.toISOString() };
      return { id, type: 'AuthorisePayment', data: { commandId: id, order: { id: saga.orderId }, ...terms } };
    });
    return { ...next, move: moveOf('PENDING', 'STOCK_RESERVED'), verdict: 'MOVED' };
  }
  if (reply.type === 'StockRejected')
    return end(saga, 'REJECTED', moveOf('PENDING', 'REJECTED', { problems: shortLines(reply.data) }), null);
  throw impossible(saga, reply, 'stock was asked for');
}

export function authorise(saga: Saga & { step: 'AUTHORISE' }, reply: Reply, now: Date, deadlines: Deadlines): Advance {
  const failed = (problem: Problem): Advance =>
    end(saga, 'PAYMENT_FAILED', moveOf('STOCK_RESERVED', 'PAYMENT_FAILED', { problems: [problem] }), 'payment failed');
  switch (reply.type) {
    case 'PaymentAuthorised':
    case 'PaymentCaptured': {
      if (reply.data.amount.amount !== saga.total.amount || reply.data.amount.currency !== saga.total.currency) {
        throw impossible(saga, reply, 'the amount is not the order’s');
      }
      // The pivot: from here only forward. A payment that captured at once is asked to capture all the same, and answers that it has.
      const sold: Saga = { ...saga, step: 'COMPLETE', captured: false, committed: false, deadlineAt: after(now, deadlines.completeMs) };
      return {
        ...issue(sold, plain('CommitStock', saga), plain('CapturePayment', saga)),
        move: moveOf('STOCK_RESERVED', 'CONFIRMED'),
        verdict: 'MOVED',
      };
    }
    case 'PaymentDeclined':
      return failed(paymentDeclined);
    case 'PaymentFailed':
      return failed(paymentNotPossible);
    case 'PaymentVoided':
      return failed(paymentNotCompleted);
    default:
      throw impossible(saga, reply, 'an authorisation was asked for');
  }
}

export function complete(saga: Saga & { step: 'COMPLETE' }, reply: Reply): Advance {
  const sold = (next: Saga & { step: 'COMPLETE' }): Saga =>
    next.captured && next.committed ? { ...next, step: 'ENDED', as: 'SOLD', deadlineAt: null, attention: null } : next;
  switch (reply.type) {
    case 'StockCommitted':
      return stays(sold({ ...saga, committed: true }), 'MOVED');
    case 'PaymentCaptured':
      return { ...stays(sold({ ...saga, captured: true }), 'MOVED'), move: moveOf('CONFIRMED', 'PROCESSING') };
    case 'CaptureRefused':
    case 'PaymentDeclined':
    case 'PaymentFailed':
    case 'PaymentVoided': {
      const move = moveOf('CONFIRMED', 'CANCELLING', { problems: [paymentNotCollected], cancelReason: 'PAYMENT' });
      return takeBack(madeVoid(saga, 'CommitStock'), 'VoidPayment', 'CANCELLED', move, 'PAYMENT');
    }
    default:
      throw impossible(saga, reply, 'stock and money were to be completed');
  }
}

export function settle(saga: Saga & { step: 'CANCELLING' }, reply: Reply): Advance {
  switch (reply.type) {
    case 'PaymentCaptured':
      return takeBack(saga, 'RefundPayment', saga.endsAs, null, 'cancelled');
    case 'PaymentVoided':
    case 'PaymentDeclined':
    case 'PaymentFailed':
    case 'PaymentRefunded':
      return settled(saga);
    case 'RefundFailed':
      return stays({ ...saga, attention: refundFailed(reply.data.reason) }, 'MOVED');
    default:
      throw impossible(saga, reply, 'money was to go back');
  }
}

/** No money is held any more: stock goes back, the order ends. */
function settled(saga: Saga & { step: 'CANCELLING' }): Advance {
  const move =
    saga.endsAs === 'CANCELLED'
      ? moveOf('CANCELLING', 'CANCELLED')
      : moveOf('STOCK_RESERVED', 'PAYMENT_FAILED', { problems: [paymentNotCompleted] });
  return end(saga, saga.endsAs, move, saga.endsAs);
}

/** A fact that answers no command: a refund by staff, an expired authorisation, a success that came after the end. */
export function unasked(saga: Saga, fact: Reply): Advance {
  const refunded = fact.type === 'PaymentRefunded' && fact.data.amount.amount === saga.total.amount;
  if (saga.step === 'CANCELLING' && refunded && !saga.commands.some(isOutstanding)) return settled(saga);
  return sendBackHeldMoney(saga, fact, 'UNASKED');
}

/** Money that turns up for an order that is no sale goes back, unless a command that will see to it is under way or has done so. */
export function sendBackHeldMoney(saga: Saga, reply: Reply, verdict: Verdict): Advance {
  const held = reply.type === 'PaymentAuthorised' ? 'VoidPayment' : reply.type === 'PaymentCaptured' ? 'RefundPayment' : null;
  if (held === null || saga.step !== 'ENDED' || saga.as === 'SOLD') return stays(saga, verdict);
  if (saga.commands.some((command) => isPaymentCommand(command.type) && isOutstanding(command))) return stays(saga, verdict);
  if (saga.commands.some(({ type }) => type === 'RefundPayment')) return stays(saga, verdict);
  return { ...issue(saga, undo(held, saga, 'the order had ended')), move: null, verdict };
}

/** Towards CANCELLING, by voiding or refunding. No deadline: nothing is released before the money's fate is certain. */
export function takeBack(
  saga: Saga,
  by: 'VoidPayment' | 'RefundPayment',
  endsAs: 'CANCELLED' | 'PAYMENT_FAILED',
  move: OrderMove | null,
  reason: string,
): Advance {
  return {
    ...issue({ ...saga, step: 'CANCELLING', endsAs, deadlineAt: null, attention: null }, undo(by, saga, reason)),
    move,
    verdict: 'MOVED',
  };
}

/** To ENDED. `releaseReason` null: there is nothing to release. */
export function end(saga: Saga, as: SagaEnd, move: OrderMove, releaseReason: string | null): Advance {
  const ended: Saga = { ...saga, step: 'ENDED', as, deadlineAt: null, attention: null, inDoubtSince: null };
  if (releaseReason === null) return { saga: ended, send: [], move, verdict: 'MOVED' };
  const release: MakeCommand = (ids) => {
    const id = ids('ReleaseStock');
    return { id, type: 'ReleaseStock', data: { commandId: id, order: { id: saga.orderId }, reason: releaseReason } };
  };
  return { ...issue(ended, release), move, verdict: 'MOVED' };
}

export const stays = (saga: Saga, verdict: Verdict): Advance => ({ saga, send: [], move: null, verdict });

export const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms);
