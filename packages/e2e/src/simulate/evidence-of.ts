import type { AcknowledgedOrder, DumpedRecord, LedgerLine } from '@tally/audit';
import { ordersTables } from '@tally/orders/simulation';
import { paymentsTables } from '@tally/payments/simulation';
import { productsTables } from '@tally/products/simulation';
import { inboxTable, outboxTable, type MemoryDatabase } from '@tally/simulation';
import { owners, type Evidence, type Owner } from './evidence.ts';

/** Where the evidence of a history is found. */
export interface Witnesses {
  readonly databases: Readonly<Record<Owner, MemoryDatabase>>;
  readonly log: readonly DumpedRecord[];
  readonly parkedKeys: Evidence['parkedKeys'];
  readonly ledger: readonly LedgerLine[];
  readonly acknowledged: readonly AcknowledgedOrder[];
}

/** Collects what invariants speak of. */
export function evidenceOf({ databases, log, parkedKeys, ledger, acknowledged }: Witnesses): Evidence {
  const { orders, products, payments } = databases;
  const ofPayment = new Map(payments.committed(paymentsTables.payments).map(({ id, orderId }) => [id, orderId]));
  const orderOf = ({ paymentId }: { readonly paymentId: string }): string => ofPayment.get(paymentId as never) ?? paymentId;
  return {
    orders: orders
      .committed(ordersTables.orders)
      .map(({ id, buyerId, clientKey, status, total, sequence }) => ({ id, buyerId, clientKey, status, total: total.amount, sequence })),
    lines: orders.committed(ordersTables.orderLines),
    timeline: orders.committed(ordersTables.orderEvents),
    sagas: orders.committed(ordersTables.sagas),
    commands: orders
      .committed(ordersTables.sagaCommands)
      .map(({ orderId, type, answeredAt }) => ({ orderId, type, answered: answeredAt !== null })),
    stock: products.committed(productsTables.stock),
    movements: products.committed(productsTables.movements),
    claims: products.committed(productsTables.claims),
    reservations: products.committed(productsTables.reservations),
    payments: payments.committed(paymentsTables.payments),
    operations: payments
      .committed(paymentsTables.operations)
      .map((row) => ({ orderId: orderOf(row), operation: row.operation, state: row.state, done: row.doneAt !== null })),
    attempts: payments
      .committed(paymentsTables.attempts)
      .map((row) => ({ orderId: orderOf(row), number: row.number, outcome: row.outcome })),
    refunds: payments.committed(paymentsTables.refunds).map((row) => ({ orderId: orderOf(row), status: row.status, amount: row.amount })),
    paymentStreams: payments.committed(paymentsTables.streams),
    outbox: owners.flatMap((owner) =>
      databases[owner].committed(outboxTable).map(({ eventId, topic, key, sequence, type, publishedAt, parkedAt }) => ({
        ...{ owner, eventId, topic, key, sequence, type },
        ...{ published: publishedAt !== null, parked: parkedAt !== null },
      })),
    ),
    inbox: owners.flatMap((owner) =>
      databases[owner].committed(inboxTable).map(({ consumer, eventId, state }) => ({ owner, consumer, eventId, state })),
    ),
    ...{ log, parkedKeys, ledger, acknowledged },
  };
}
