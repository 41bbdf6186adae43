import { PoisonEventError, type Handler } from '@tally/messaging';
import type { UseCases } from '../use-cases/index.ts';
import { UnknownOrderError } from '../use-cases/tell.ts';

/** The topic of orders is behind; the event is tried again in place. */
export class OrderNotYetKnownError extends Error {
  override readonly name = 'OrderNotYetKnownError';
  readonly retryable = true;
}

/**
 * The order comes on another topic, which may be behind this one: worth waiting for, but not for ever, since the partition waits as well.
 *
 * @param patienceMs how long one event waits, in milliseconds; then its key is parked, and a redrive brings it back.
 */
export function onPaymentRefunded(tellRefund: UseCases['tellRefund'], patienceMs: number): Handler<'PaymentRefunded'> {
  const waitingSinceMs = new Map<string, number>();
  return async ({ id, data: { order, amount } }) => {
    try {
      await tellRefund({ eventId: id, orderId: order.id, amount });
      waitingSinceMs.delete(id);
    } catch (error) {
      if (!(error instanceof UnknownOrderError)) throw error;
      const nowMs = performance.now();
      const sinceMs = waitingSinceMs.get(id) ?? nowMs;
      waitingSinceMs.set(id, sinceMs);
      if (nowMs - sinceMs < patienceMs) throw new OrderNotYetKnownError(error.message, { cause: error });
      waitingSinceMs.delete(id);
      throw new PoisonEventError(error.message, { cause: error });
    }
  };
}
