import { fromUuid, toUuid } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { CommandType } from '../../domain/saga-commands.ts';
import type { SagaStep } from '../../domain/saga.ts';
import type { OutstandingCommand, TroubledSaga, TroubleReads } from '../../ports/trouble-reads.ts';

const outstanding = (
  orderId: string,
): string => `(SELECT jsonb_agg(jsonb_build_object('id', id, 'type', type, 'sentAt', sent_at) ORDER BY sent_at, id)
  FROM saga_command WHERE order_id = ${orderId} AND answered_at IS NULL AND voided_at IS NULL) AS outstanding`;

// The partial index holds those that wait and no others; they are few, so that their order costs nothing.
const page = `SELECT saga.order_id, saga.step, saga.updated_at AS since, coalesce(saga.attention, '') AS attention, saga.deadline_at, ${outstanding('saga.order_id')}
FROM saga WHERE saga.needs_attention AND ($1::timestamptz IS NULL OR (saga.updated_at, saga.order_id) > ($1::timestamptz, $2::uuid))
ORDER BY saga.updated_at, saga.order_id LIMIT $3::int`;
const count = 'SELECT count(*)::int AS total FROM (SELECT FROM saga WHERE needs_attention LIMIT 10001) counted';
const ofOrder = `SELECT ${outstanding('$1::uuid')}`;

interface OutstandingRow {
  readonly outstanding: readonly { readonly id: string; readonly type: CommandType; readonly sentAt: string }[] | null;
}

interface TroubledRow extends OutstandingRow {
  readonly order_id: string;
  readonly step: SagaStep;
  readonly since: Date;
  readonly attention: string;
  readonly deadline_at: Date | null;
}

export function createTroubleReads(sql: Sql): TroubleReads {
  return {
    async page(after, limit) {
      const place = after === null ? [null, null] : [after.since.toISOString(), toUuid(after.orderId)];
      return (await sql.rows<TroubledRow>(page, [...place, limit])).map(toTroubled);
    },
    async count() {
      const [row] = await sql.rows<{ total: number }>(count);
      return row?.total ?? 0;
    },
    async outstandingOf(orderId) {
      const [row] = await sql.rows<OutstandingRow>(ofOrder, [toUuid(orderId)]);
      return row === undefined ? [] : toOutstanding(row);
    },
  };
}

const toTroubled = ({ order_id, deadline_at, step, since, attention, ...row }: TroubledRow): TroubledSaga => ({
  orderId: fromUuid('ord', order_id),
  step,
  since,
  attention,
  deadlineAt: deadline_at,
  outstanding: toOutstanding(row),
});

const toOutstanding = ({ outstanding: commands }: OutstandingRow): readonly OutstandingCommand[] =>
  (commands ?? []).map(({ id, type, sentAt }) => ({ id: fromUuid('cmd', id), type, sentAt: new Date(sentAt) }));
