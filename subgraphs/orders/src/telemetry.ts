import { context, metrics, propagation, ROOT_CONTEXT, trace, type ObservableCallback } from '@opentelemetry/api';
import type { Id, Money } from '@tally/kernel';
import type { Logger } from '@tally/runtime';
import type { OrderMove } from './domain/order.ts';

/** One function per business event: counter with bounded labels, span event, log line. */
export interface Telemetry {
  orderPlaced(order: { readonly id: Id<'ord'>; readonly total: Money; readonly lines: number }): void;
  checkoutReplayed(orderId: Id<'ord'>): void;
  checkoutRefused(reasons: readonly string[]): void;
  orderMoved(orderId: Id<'ord'>, move: OrderMove, total: Money): void;
  sagaReplied(orderId: Id<'ord'>, reply: string, verdict: string): void;
  sagaExpired(orderId: Id<'ord'>, step: string): void;
  sagaNeedsAttention(orderId: Id<'ord'>, why: string): void;
  sweepFailed(orderId: Id<'ord'>, error: unknown): void;
  pricesKept(productId: Id<'prod'>, newer: boolean): void;
  cartsExpired(carts: number): void;
  /** Trace context of the caller, to be kept beside what will be continued later; `null` without tracing. */
  traceparent(): string | null;
  /** Runs work as part of an earlier trace. */
  inTrace<T>(traceparent: string | null, work: () => Promise<T>): Promise<T>;
}

/** Made when the app starts: an instrument that is made before the SDK is installed stays silent for ever. */
function createInstruments() {
  const meter = metrics.getMeter('tally.orders');
  return {
    placed: meter.createCounter('orders_placed_total', { description: 'orders accepted' }),
    replayed: meter.createCounter('checkouts_replayed_total', { description: 'checkouts answered from their idempotency key' }),
    refused: meter.createCounter('checkouts_refused_total', { description: 'checkouts refused, by reason' }),
    revenue: meter.createCounter('orders_confirmed_minor_units_total', {
      description: 'worth of confirmed orders in minor units, by currency',
    }),
    moves: meter.createCounter('order_moves_total', { description: 'changes of status, by the status reached' }),
    replies: meter.createCounter('saga_replies_total', { description: 'replies to sagas, by type and what became of them' }),
    expired: meter.createCounter('saga_deadlines_total', { description: 'deadlines that passed, by step' }),
    failures: meter.createCounter('saga_sweep_failures_total', { description: 'sagas that the sweeper could not move' }),
    attention: meter.createCounter('saga_needs_attention_total', { description: 'sagas that a person has to look at' }),
    replica: meter.createCounter('price_replica_records_total', { description: 'catalogue records, by whether they were newer' }),
    removedCarts: meter.createCounter('carts_expired_total', { description: 'carts removed after their day' }),
  };
}

export function createTelemetry(logger: Logger): Telemetry {
  const { placed, replayed, refused, revenue, moves, replies, expired, failures, attention, replica, removedCarts } = createInstruments();
  const tell = (name: string, fields: Readonly<Record<string, string | number>>): void => {
    trace.getActiveSpan()?.addEvent(name, fields);
    logger.debug(fields, name);
  };
  return {
    orderPlaced({ id, total, lines }) {
      placed.add(1);
      tell('order placed', { orderId: id, total: total.amount, currency: total.currency, lines });
    },
    checkoutReplayed(orderId) {
      replayed.add(1);
      tell('checkout replayed', { orderId });
    },
    checkoutRefused(reasons) {
      for (const reason of new Set(reasons)) refused.add(1, { reason });
      tell('checkout refused', { reasons: reasons.join(' ') });
    },
    orderMoved(orderId, { from, to }, total) {
      moves.add(1, { to });
      if (to === 'CONFIRMED') revenue.add(total.amount, { currency: total.currency });
      tell('order moved', { orderId, from, to });
    },
    sagaReplied(orderId, reply, verdict) {
      replies.add(1, { reply, verdict });
      if (verdict === 'LATE' || verdict === 'UNASKED')
        logger.info({ orderId, reply, verdict }, 'a saga got a reply that it did not wait for');
      else tell('saga replied', { orderId, reply, verdict });
    },
    sagaExpired(orderId, step) {
      expired.add(1, { step });
      logger.warn({ orderId, step }, 'a saga ran out of time');
    },
    sagaNeedsAttention(orderId, why) {
      attention.add(1);
      logger.error({ orderId, why }, 'a saga needs attention');
    },
    sweepFailed(orderId, error) {
      failures.add(1);
      logger.error({ orderId, err: error }, 'a saga could not be swept');
    },
    pricesKept(productId, newer) {
      replica.add(1, { newer });
      tell('prices kept', { productId, newer: String(newer) });
    },
    cartsExpired(carts) {
      removedCarts.add(carts);
      logger.info({ carts }, 'expired carts removed');
    },
    traceparent() {
      const carrier: { traceparent?: string } = {};
      propagation.inject(context.active(), carrier);
      return carrier.traceparent ?? null;
    },
    inTrace: (traceparent, work) =>
      traceparent === null ? work() : context.with(propagation.extract(ROOT_CONTEXT, { traceparent }), work),
  };
}

/** Shows at each collection how many sagas wait for a person; nothing while that cannot be read. Disposal ends that. */
export function watchAttention(count: () => Promise<number>): Disposable {
  const gauge = metrics
    .getMeter('tally.orders')
    .createObservableGauge('sagas_needing_attention', { description: 'sagas that wait for a person now' });
  const observe: ObservableCallback = async (result) => {
    const waiting = await count().catch(() => null);
    if (waiting !== null) result.observe(waiting);
  };
  gauge.addCallback(observe);
  return { [Symbol.dispose]: () => gauge.removeCallback(observe) };
}
