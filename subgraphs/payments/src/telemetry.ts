import { metrics, trace, type Attributes, type BatchObservableCallback } from '@opentelemetry/api';
import { inCarriedSpan, type Carried } from '@tally/messaging';
import type { Logger } from '@tally/runtime';
import type { AttemptEnd } from './domain/attempt.ts';
import type { Call, Operation } from './domain/operation.ts';
import type { Settlement } from './domain/settlement.ts';

export { carriedTrace } from '@tally/messaging';

/** Runs one step of an operation as part of the trace that its command came in. */
export const inOperationSpan = <T>(carried: Carried, { kind, state }: Operation, work: () => Promise<T>): Promise<T> =>
  inCarriedSpan(trace.getTracer('tally.payments'), `payment ${kind.toLowerCase()}`, carried, { 'payment.operation.state': state }, work);

/** The business events of payments: counter, span event and log line in one call. No amounts, tokens or buyers. */
export interface PaymentsTelemetry {
  commandTaken(kind: Call, orderId: string): void;
  attemptEnded(operation: Call | 'ENQUIRE', end: AttemptEnd, latencyMs: number, orderId: string): void;
  settled(kind: Call, settlement: Settlement, orderId: string): void;
  leaseLost(kind: Call, orderId: string): void;
  breakerChanged(provider: string, state: string): void;
}

/** @param logger of the process. */
export function createPaymentsTelemetry(logger: Logger): PaymentsTelemetry {
  const meter = metrics.getMeter('tally.payments');
  const commands = meter.createCounter('payment_commands_total', { description: 'commands taken, by kind' });
  const attempts = meter.createHistogram('payment_attempt_duration_seconds', {
    unit: 's',
    description: 'calls to the provider, by operation and outcome',
  });
  const replies = meter.createCounter('payment_facts_total', { description: 'facts told, by type' });
  const parked = meter.createCounter('payment_attention_total', { description: 'payments parked for a person' });
  const lost = meter.createCounter('payment_leases_lost_total', { description: 'results refused because somebody else took over' });
  const breaker = meter.createCounter('payment_breaker_changes_total', {
    description: 'changes of a circuit breaker, by provider and state',
  });
  const tell = (event: string, attributes: Attributes): void => void trace.getActiveSpan()?.addEvent(event, attributes);

  return {
    commandTaken(kind, orderId) {
      commands.add(1, { kind });
      logger.debug({ kind, orderId }, 'payment command taken');
    },
    attemptEnded(operation, { outcome, errorCode }, latencyMs, orderId) {
      attempts.record(latencyMs / 1000, { operation, outcome });
      tell('attempt ended', { operation, outcome, latencyMs });
      const level = outcome === 'SUCCEEDED' || outcome === 'DECLINED' ? 'debug' : 'warn';
      logger[level]({ operation, outcome, errorCode, latencyMs, orderId }, 'payment attempt ended');
    },
    settled(kind, { facts, payment }, orderId) {
      for (const { type } of facts) {
        replies.add(1, { type });
        tell(type, { kind });
        logger.info({ kind, type, orderId }, 'payment fact');
      }
      if (payment === null || payment.attention === null) return;
      parked.add(1);
      logger.error({ kind, attention: payment.attention, orderId }, 'payment needs attention');
    },
    leaseLost(kind, orderId) {
      lost.add(1);
      logger.warn({ kind, orderId }, 'lease lost: somebody else took over');
    },
    breakerChanged(provider, state) {
      breaker.add(1, { provider, state });
      logger.warn({ provider, state }, 'circuit breaker of the payment provider');
    },
  };
}

/** Shows at each collection how many operations are in doubt, and for how long; nothing while that cannot be read. Disposal ends that. */
export function watchDoubts(read: () => Promise<{ readonly count: number; readonly oldestSeconds: number }>): Disposable {
  const meter = metrics.getMeter('tally.payments');
  const count = meter.createObservableGauge('payments_in_doubt', {
    description: 'operations whose effect at the provider is not known now',
  });
  const oldest = meter.createObservableGauge('payments_in_doubt_oldest_seconds', { unit: 's', description: 'age of the oldest doubt' });
  const observe: BatchObservableCallback = async (result) => {
    const now = await read().catch(() => null);
    if (now === null) return;
    result.observe(count, now.count);
    result.observe(oldest, now.oldestSeconds);
  };
  meter.addBatchObservableCallback(observe, [count, oldest]);
  return { [Symbol.dispose]: () => meter.removeBatchObservableCallback(observe, [count, oldest]) };
}
