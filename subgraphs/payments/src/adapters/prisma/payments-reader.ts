import { fromUuid, toUuid, type Id, type IdPrefix } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { Attempt } from '../../domain/attempt.ts';
import type { PaymentMethod } from '../../domain/payment-method.ts';
import type { Refund } from '../../domain/refund.ts';
import type { PrismaClient } from '../../generated/prisma/client.ts';
import type { PaymentsReader } from '../../ports/payments-reader.ts';
import { toMethod } from './method-rows.ts';
import { paymentColumns, toPayment, toRefund, type PaymentColumns, type RefundColumns } from './payment-rows.ts';

const byId = `SELECT ${paymentColumns} FROM payment p WHERE p.id = ANY($1::uuid[])`;
const byOrder = `SELECT ${paymentColumns} FROM payment p WHERE p.order_id = ANY($1::uuid[]) AND p.buyer_id IS NOT NULL`;
const refunds = `SELECT r.payment_id, r.id AS refund_id, r.status AS refund_status, r.amount AS refund_amount, r.reason AS refund_reason,
  r.created_at AS refund_created_at, p.currency
FROM refund r JOIN payment p ON p.id = r.payment_id WHERE r.payment_id = ANY($1::uuid[]) ORDER BY r.created_at, r.id`;

/** Reads of the graph; each is one statement with one text, whatever the number of ids. */
export function createPaymentsReader(client: PrismaClient, sql: Sql): PaymentsReader {
  return {
    async byId(ids) {
      const rows = await sql.rows<PaymentColumns>(byId, [ids.map(toUuid)]);
      return new Map(rows.map(toPayment).map((payment) => [payment.id, payment]));
    },
    async byOrder(ids) {
      const rows = await sql.rows<PaymentColumns>(byOrder, [ids.map(toUuid)]);
      return new Map(rows.map(toPayment).map((payment) => [payment.orderId, payment]));
    },
    async attempts(ids) {
      const rows = await client.attemptRow.findMany({
        where: { paymentId: { in: padded(ids) } },
        orderBy: [{ paymentId: 'asc' }, { number: 'asc' }],
      });
      return grouped('pay', rows, ({ id, paymentId, operation, outcome, ...row }): [string, Attempt] => [
        paymentId,
        { ...row, id: fromUuid('att', id), operation: operation as Attempt['operation'], outcome: outcome as Attempt['outcome'] },
      ]);
    },
    async refunds(ids) {
      const rows = await sql.rows<RefundColumns & { payment_id: string; currency: string }>(refunds, [ids.map(toUuid)]);
      return grouped('pay', rows, (row): [string, Refund] => [row.payment_id, toRefund(row, row.currency)]);
    },
    async methods(users) {
      const rows = await client.paymentMethodRow.findMany({
        where: { userId: { in: padded(users) } },
        orderBy: [{ isDefault: 'desc' }, { id: 'desc' }],
      });
      return grouped('usr', rows, (row): [string, PaymentMethod] => [row.userId, toMethod(row)]);
    },
  };
}

function grouped<P extends IdPrefix, Row, Value>(
  prefix: P,
  rows: readonly Row[],
  entryOf: (row: Row) => [string, Value],
): ReadonlyMap<Id<P>, readonly Value[]> {
  const groups = new Map<Id<P>, Value[]>();
  for (const [uuid, value] of rows.map(entryOf)) {
    const key = fromUuid(prefix, uuid);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

/** The UUIDs, the last one repeated up to a power of two: `IN` is one prepared statement per length. */
function padded(ids: readonly Id[]): string[] {
  const uuids = ids.map(toUuid);
  const length = 2 ** Math.ceil(Math.log2(Math.max(1, uuids.length)));
  return Array.from({ length: uuids.length === 0 ? 0 : length }, (_, at) => uuids[Math.min(at, uuids.length - 1)] ?? '');
}
