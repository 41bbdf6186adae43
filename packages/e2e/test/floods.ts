import { newId } from '@tally/kernel';
import type { EventLog, LogRecord } from '@tally/messaging';
import { openSql } from '@tally/testkit';
import type { MigratedDatabase } from '../src/topologies/topology.ts';

const atOnce = 500;

/** Puts so many levels of a variant on the log, after the one with this number. Products knows nothing of them. */
export async function floodStock(eventLog: EventLog, variantId: string, after: number, count: number): Promise<void> {
  await append(eventLog, count, (n) => ({
    ...facts,
    topic: 'products.level.v1',
    key: variantId,
    type: 'StockLevelChanged',
    sequence: after + n,
    payload: JSON.stringify({ variant: { id: variantId }, available: n, status: 'IN_STOCK' }),
  }));
}

/**
 * Gives an order so many further steps, each with a note of so many characters: first as orders would have stored them, then on the log.
 *
 * @param order one that rests at this sequence and is the only one of its buyer.
 */
export async function lengthenHistory(
  { urls }: MigratedDatabase,
  eventLog: EventLog,
  order: { readonly id: string; readonly buyerId: string; readonly sequence: number },
  { steps, noteLength }: { readonly steps: number; readonly noteLength: number },
): Promise<void> {
  const { id, buyerId, sequence: after } = order;
  const [status, note] = ['PROCESSING', 'x'.repeat(noteLength)];
  await using sql = await openSql(urls.orders.app);
  const values = [uuidOf(id), uuidOf(buyerId), after, steps, status, note];
  await sql.execute(
    `WITH stream AS (UPDATE buyer_stream SET sequence = sequence + $4::int WHERE buyer_id = $2::uuid RETURNING sequence),
          moved AS (UPDATE orders SET sequence = $3::int + $4::int WHERE id = $1::uuid)
     INSERT INTO order_event (order_id, sequence, previous, status, note, buyer_id, buyer_sequence)
     SELECT $1::uuid, $3::int + n, $5, $5, $6, $2::uuid, stream.sequence - $4::int + n FROM stream, generate_series(1, $4::int) n`,
    values,
  );
  await append(eventLog, steps, (n) => ({
    ...facts,
    topic: 'orders.order.v1',
    key: id,
    type: 'OrderStatusChanged',
    sequence: after + n,
    payload: JSON.stringify({ order: { id }, buyer: { id: buyerId }, previous: status, status, note, problems: [] }),
  }));
}

const facts = { traceparent: null, tracestate: null };

async function append(eventLog: EventLog, count: number, record: (n: number) => Omit<LogRecord, 'eventId' | 'time'>): Promise<void> {
  for (let done = 0; done < count; done += atOnce) {
    const size = Math.min(atOnce, count - done);
    await eventLog.append(
      Array.from({ length: size }, (_, index) => ({ ...record(done + index + 1), eventId: newId('evt'), time: new Date() })),
    );
  }
}

/** An id without its prefix. */
const uuidOf = (id: string): string => id.slice(id.indexOf('_') + 1);
