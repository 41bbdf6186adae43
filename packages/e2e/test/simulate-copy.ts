import { toUuid, type Id } from '@tally/kernel';
import type { Sql } from '@tally/testkit';
import type { Evidence } from '../src/simulate/evidence.ts';

const uuid = (id: string): string => toUuid(id as Id);

// What is broken on purpose must fit in: constraints and unique keys go first.
const unguarded = `DO $$ DECLARE found record; BEGIN
  FOR found IN SELECT conname, conrelid::regclass AS owner FROM pg_constraint JOIN pg_namespace n ON n.oid = connamespace
    WHERE n.nspname IN ('orders', 'products', 'payments') AND contype IN ('c', 'f')
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.owner, found.conname); END LOOP;
  FOR found IN SELECT indexrelid::regclass AS name FROM pg_index JOIN pg_class c ON c.oid = indrelid JOIN pg_namespace n ON n.oid = relnamespace
    WHERE n.nspname IN ('orders', 'products', 'payments') AND indisunique AND NOT indisprimary
  LOOP EXECUTE format('DROP INDEX %s', found.name); END LOOP;
END $$`;

const statements: readonly {
  readonly text: string;
  readonly rows: (evidence: Evidence) => readonly object[];
}[] = [
  {
    text: `INSERT INTO orders.orders (id, buyer_id, saga_id, status, sequence, currency, subtotal, shipping, tax, discount, total, shipping_address, client_key, fingerprint)
      SELECT id, buyer, id, status, sequence, 'EUR', total, 0, 0, 0, total, '{}', key, '' FROM jsonb_to_recordset($1::jsonb)
      AS r(id uuid, buyer uuid, status text, sequence int, total bigint, key text)`,
    rows: ({ orders }) => orders.map(({ id, buyerId, clientKey: key, ...row }) => ({ ...row, key, id: uuid(id), buyer: uuid(buyerId) })),
  },
  {
    text: `INSERT INTO orders.order_line (id, order_id, position, variant_id, product_id, seller_id, sku, title, quantity, unit_amount, line_amount, tax_class, tax_rate_bp, tax_amount)
      SELECT gen_random_uuid(), "order", 1, variant, variant, variant, '', '', quantity, 0, 0, '', 0, 0 FROM jsonb_to_recordset($1::jsonb)
      AS r("order" uuid, variant uuid, quantity int)`,
    rows: ({ lines }) => lines.map(({ orderId, variantId, quantity }) => ({ quantity, order: uuid(orderId), variant: uuid(variantId) })),
  },
  {
    text: `INSERT INTO orders.order_event (order_id, sequence, status, buyer_id, buyer_sequence)
      SELECT "order", sequence, status, buyer, "buyerSequence" FROM jsonb_to_recordset($1::jsonb)
      AS r("order" uuid, sequence int, status text, buyer uuid, "buyerSequence" int)`,
    rows: ({ timeline }) => timeline.map((row) => ({ ...row, order: uuid(row.orderId), buyer: uuid(row.buyerId) })),
  },
  {
    text: `INSERT INTO orders.saga (order_id, step, outcome, needs_attention, attention, products_sequence, payments_sequence)
      SELECT "order", step, outcome, "needsAttention", attention, "productsSequence", "paymentsSequence" FROM jsonb_to_recordset($1::jsonb)
      AS r("order" uuid, step text, outcome text, "needsAttention" boolean, attention text, "productsSequence" int, "paymentsSequence" int)`,
    rows: ({ sagas }) => sagas.map((row) => ({ ...row, order: uuid(row.orderId) })),
  },
  {
    text: `INSERT INTO orders.saga_command (id, order_id, type, answered_at)
      SELECT gen_random_uuid(), "order", type, CASE WHEN answered THEN now() END FROM jsonb_to_recordset($1::jsonb)
      AS r("order" uuid, type text, answered boolean)`,
    rows: ({ commands }) => commands.map((row) => ({ ...row, order: uuid(row.orderId) })),
  },
  {
    text: `INSERT INTO products.stock (variant_id, available, reserved, version) SELECT * FROM jsonb_to_recordset($1::jsonb)
      AS r(variant uuid, available int, reserved int, version int)`,
    rows: ({ stock }) => stock.map((row) => ({ ...row, variant: uuid(row.variantId) })),
  },
  {
    text: `INSERT INTO products.stock_movement (variant_id, version, kind, quantity, order_id) SELECT * FROM jsonb_to_recordset($1::jsonb)
      AS r(variant uuid, version int, kind text, quantity int, "order" uuid)`,
    rows: ({ movements }) =>
      movements.map((row) => ({ ...row, variant: uuid(row.variantId), order: row.orderId === null ? null : uuid(row.orderId) })),
  },
  {
    text: `INSERT INTO products.stock_claim (order_id, state, sequence) SELECT * FROM jsonb_to_recordset($1::jsonb)
      AS r("order" uuid, state text, sequence int)`,
    rows: ({ claims }) => claims.map((row) => ({ ...row, order: uuid(row.orderId) })),
  },
  {
    text: `INSERT INTO products.reservation (order_id, variant_id, quantity) SELECT * FROM jsonb_to_recordset($1::jsonb)
      AS r("order" uuid, variant uuid, quantity int)`,
    rows: ({ reservations }) =>
      reservations.map(({ orderId, variantId, quantity }) => ({ quantity, order: uuid(orderId), variant: uuid(variantId) })),
  },
  {
    text: `INSERT INTO payments.payment (id, order_id, provider, status, amount, currency, captured, refunded, attention)
      SELECT "order", "order", 'simulator', status, captured, 'EUR', captured, refunded, attention FROM jsonb_to_recordset($1::jsonb)
      AS r("order" uuid, status text, captured bigint, refunded bigint, attention text)`,
    rows: ({ payments }) => payments.map((row) => ({ ...row, order: uuid(row.orderId) })),
  },
  {
    text: `INSERT INTO payments.payment_operation (payment_id, command_id, operation, call, key, state, done_at)
      SELECT "order", gen_random_uuid(), operation, operation, '', state, CASE WHEN done THEN now() END FROM jsonb_to_recordset($1::jsonb)
      AS r("order" uuid, operation text, state text, done boolean)`,
    rows: ({ operations }) => operations.map((row) => ({ ...row, order: uuid(row.orderId) })),
  },
  {
    text: `INSERT INTO payments.payment_attempt (id, payment_id, number, operation, outcome)
      SELECT gen_random_uuid(), "order", number, '', outcome FROM jsonb_to_recordset($1::jsonb) AS r("order" uuid, number int, outcome text)`,
    rows: ({ attempts }) => attempts.map((row) => ({ ...row, order: uuid(row.orderId) })),
  },
  {
    text: `INSERT INTO payments.refund (id, payment_id, status, amount, reason)
      SELECT gen_random_uuid(), "order", status, amount, '' FROM jsonb_to_recordset($1::jsonb) AS r("order" uuid, status text, amount bigint)`,
    rows: ({ refunds }) => refunds.map((row) => ({ ...row, order: uuid(row.orderId) })),
  },
  {
    text: `INSERT INTO payments.payment_stream (order_id, sequence) SELECT * FROM jsonb_to_recordset($1::jsonb) AS r("order" uuid, sequence bigint)`,
    rows: ({ paymentStreams }) => paymentStreams.map((row) => ({ ...row, order: uuid(row.orderId) })),
  },
  ...(['products', 'orders', 'payments'] as const).flatMap((owner) => [
    {
      text: `INSERT INTO ${owner}.outbox (event_id, topic, key, sequence, type, payload, published_at, parked_at)
        SELECT event, topic, key, sequence, type, '{}', CASE WHEN published THEN now() END, CASE WHEN parked THEN now() END
        FROM jsonb_to_recordset($1::jsonb)
        AS r(event uuid, topic text, key text, sequence bigint, type text, published boolean, parked boolean)`,
      rows: ({ outbox }: Evidence) => outbox.filter((row) => row.owner === owner).map((row) => ({ ...row, event: uuid(row.eventId) })),
    },
    {
      text: `INSERT INTO ${owner}.inbox (consumer, event_id, state) SELECT * FROM jsonb_to_recordset($1::jsonb)
        AS r(consumer text, event uuid, state text)`,
      rows: ({ inbox }: Evidence) => inbox.filter((row) => row.owner === owner).map((row) => ({ ...row, event: uuid(row.eventId) })),
    },
  ]),
  {
    text: `INSERT INTO orders.parked_key (consumer, topic, key, parked_at) SELECT consumer, topic, key, now() FROM jsonb_to_recordset($1::jsonb)
      AS r(consumer text, topic text, key text)`,
    rows: ({ parkedKeys }) => parkedKeys,
  },
  {
    // Nobody of notifications takes part in the simulation; the audit asks for its inbox all the same.
    text: `INSERT INTO notifications.inbox (consumer, event_id, state) SELECT DISTINCT 'notifications', event, 'DONE' FROM jsonb_to_recordset($1::jsonb)
      AS r(event uuid)`,
    rows: ({ log }) =>
      log.filter(({ type }) => type === 'OrderPlaced' || type === 'PaymentRefunded').map(({ eventId }) => ({ event: eventId })),
  },
];

/** Writes what a history has left into an empty migrated database, as far as invariants speak of it; columns they do not speak of are made up. */
export async function copyInto(sql: Sql, evidence: Evidence): Promise<void> {
  await sql.rows(unguarded);
  for (const { text, rows } of statements) await sql.rows(text, [JSON.stringify(rows(evidence))]);
}
