import { newId, toUuid, type Id } from '@tally/kernel';
import { cloneDatabase, openSql, type ClonedDatabase, type Sql } from '@tally/testkit';
import { checkInvariants, type AuditOptions, type LedgerLine } from '../src/index.ts';

/** An order of two units for 2,500, sold and paid, as all schemas and the log tell it, in a database without anything else. */
export interface AuditedDatabase extends AsyncDisposable {
  readonly sql: Sql;
  readonly urls: ClonedDatabase['urls'];
  readonly order: Id<'ord'>;
  readonly variant: Id<'var'>;
  readonly buyer: Id<'usr'>;
  /** What the provider recorded. */
  readonly ledger: readonly LedgerLine[];
  /** Ids of the findings that are violated, and what they say. */
  violations(options?: Partial<Omit<AuditOptions, 'auditorUrl'>>): Promise<Readonly<Record<string, readonly string[]>>>;
  findings(options?: Partial<Omit<AuditOptions, 'auditorUrl'>>): ReturnType<typeof checkInvariants>;
}

export async function theAuditedDatabase(): Promise<AuditedDatabase> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await cloneDatabase());
  const sql = stack.use(await openSql(database.adminUrl));
  const ids = { order: newId('ord'), variant: newId('var'), buyer: newId('usr'), product: newId('prod') };
  const { order, variant, buyer } = ids;
  await sellStock(sql, ids);
  await placeOrder(sql, ids);
  await takeMoney(sql, ids);
  await sendMail(sql, ids);
  await publish(sql);
  const line = { order, authorisation: 'auth_1', amount: 2_500, outcome: 'succeeded' };
  const ledger = [
    { ...line, operation: 'authorise' },
    { ...line, operation: 'capture' },
  ];
  const findings: AuditedDatabase['findings'] = (options = {}) =>
    checkInvariants({ auditorUrl: database.urls.auditor, ledger, ...options });
  const owned = stack.move();
  return {
    ...{ sql, urls: database.urls, order, variant, buyer, ledger, findings },
    async violations(options) {
      const violated = (await findings(options)).filter(({ violations }) => violations.length > 0);
      return Object.fromEntries(violated.map(({ id, violations }) => [id, violations]));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

type Ids = { readonly order: Id<'ord'>; readonly variant: Id<'var'>; readonly buyer: Id<'usr'>; readonly product: Id<'prod'> };

async function sellStock(sql: Sql, { order, variant, product }: Ids): Promise<void> {
  const [category, seller] = [newId('cat'), newId('sell')].map(toUuid);
  await sql.rows(`INSERT INTO products.category (id, slug, name, path, ancestor_ids) VALUES ($1, 'mugs', 'Mugs', '{Mugs}', '{}')`, [
    category,
  ]);
  await sql.rows(`INSERT INTO products.seller (id, slug, name) VALUES ($1, 'us', 'Us')`, [seller]);
  await sql.rows(
    `INSERT INTO products.product (id, slug, title, description, status, category_id, seller_id, tags, currency, price_min, price_max)
     VALUES ($1, 'mug', 'Mug', '', 'ACTIVE', $2, $3, '{}', 'EUR', 1000, 1000)`,
    [toUuid(product), category, seller],
  );
  await sql.rows(
    `INSERT INTO products.product_variant (id, product_id, sku, title, amount, currency, position) VALUES ($1, $2, 'MUG', 'Mug', 1000, 'EUR', 1)`,
    [toUuid(variant), toUuid(product)],
  );
  await sql.rows('INSERT INTO products.stock (variant_id, available, reserved, version) VALUES ($1, 8, 0, 3)', [toUuid(variant)]);
  await sql.rows(
    `INSERT INTO products.stock_movement (variant_id, version, kind, quantity, order_id)
     VALUES ($1, 1, 'OPENING', 10, NULL), ($1, 2, 'RESERVED', 2, $2), ($1, 3, 'COMMITTED', 2, $2)`,
    [toUuid(variant), toUuid(order)],
  );
  await sql.rows(`INSERT INTO products.stock_claim (order_id, state, sequence) VALUES ($1, 'COMMITTED', 2)`, [toUuid(order)]);
  await sql.rows('INSERT INTO products.reservation (order_id, variant_id, quantity) VALUES ($1, $2, 2)', [toUuid(order), toUuid(variant)]);
  await queue(sql, 'products', [
    ['products.catalogue.v1', product, 'ProductChanged'],
    ...[1, 2, 3].map((): Queued => ['products.level.v1', variant, 'StockLevelChanged']),
    ['products.stock.v1', order, 'StockReserved'],
    ['products.stock.v1', order, 'StockCommitted'],
  ]);
}

const statuses = ['PENDING', 'STOCK_RESERVED', 'CONFIRMED', 'PROCESSING'];
const commands = ['ReserveStock', 'AuthorisePayment', 'CommitStock', 'CapturePayment'];

async function placeOrder(sql: Sql, { order, variant, buyer, product }: Ids): Promise<void> {
  await sql.rows(
    `INSERT INTO orders.orders (id, buyer_id, saga_id, status, sequence, currency, subtotal, shipping, tax, discount, total, shipping_address, client_key, fingerprint)
     VALUES ($1, $2, $3, 'PROCESSING', 4, 'EUR', 2000, 500, 0, 0, 2500, '{}', 'key', 'f')`,
    [toUuid(order), toUuid(buyer), toUuid(newId('saga'))],
  );
  await sql.rows(
    `INSERT INTO orders.order_line (id, order_id, position, variant_id, product_id, seller_id, sku, title, quantity, unit_amount, line_amount, tax_class, tax_rate_bp, tax_amount)
     VALUES ($1, $2, 1, $3, $4, $5, 'MUG', 'Mug', 2, 1000, 2000, 'STANDARD', 0, 0)`,
    [toUuid(newId('line')), toUuid(order), toUuid(variant), toUuid(product), toUuid(newId('sell'))],
  );
  for (const [at, status] of statuses.entries()) {
    const values = [toUuid(order), at + 1, statuses[at - 1] ?? null, status, toUuid(buyer)];
    await sql.rows(
      'INSERT INTO orders.order_event (order_id, sequence, previous, status, buyer_id, buyer_sequence) VALUES ($1, $2, $3, $4, $5, $2)',
      values,
    );
  }
  await sql.rows('INSERT INTO orders.buyer_stream (buyer_id, sequence) VALUES ($1, 4)', [toUuid(buyer)]);
  await sql.rows(
    `INSERT INTO orders.saga (order_id, step, outcome, captured, committed, products_sequence, payments_sequence) VALUES ($1, 'ENDED', 'SOLD', true, true, 2, 2)`,
    [toUuid(order)],
  );
  for (const type of commands) {
    await sql.rows('INSERT INTO orders.saga_command (id, order_id, type, answered_at) VALUES ($1, $2, $3, now())', [
      toUuid(newId('cmd')),
      toUuid(order),
      type,
    ]);
  }
  await queue(sql, 'orders', [
    ...statuses.flatMap((): Queued[] => [
      ['orders.order.v1', order, 'OrderStatusChanged'],
      ['orders.buyer.v1', buyer, 'BuyerOrderChanged'],
    ]),
    ...commands.map((type): Queued => [type.endsWith('Stock') ? 'products.commands.v1' : 'payments.commands.v1', order, type]),
  ]);
}

async function takeMoney(sql: Sql, { order, buyer }: Ids): Promise<void> {
  const payment = toUuid(newId('pay'));
  await sql.rows(
    `INSERT INTO payments.payment (id, order_id, buyer_id, provider, status, amount, currency, captured) VALUES ($1, $2, $3, 'simulator', 'CAPTURED', 2500, 'EUR', 2500)`,
    [payment, toUuid(order), toUuid(buyer)],
  );
  for (const [at, operation] of ['AUTHORISE', 'CAPTURE'].entries()) {
    await sql.rows(
      `INSERT INTO payments.payment_operation (payment_id, command_id, operation, call, key, state, done_at) VALUES ($1, $2, $3, $3, 'k', 'DONE', now())`,
      [payment, toUuid(newId('cmd')), operation],
    );
    await sql.rows(
      `INSERT INTO payments.payment_attempt (id, payment_id, number, operation, outcome) VALUES ($1, $2, $3, $4, 'SUCCEEDED')`,
      [toUuid(newId('att')), payment, at + 1, operation],
    );
  }
  await sql.rows('INSERT INTO payments.payment_stream (order_id, sequence) VALUES ($1, 2)', [toUuid(order)]);
  await queue(sql, 'payments', [
    ['payments.payment.v1', order, 'PaymentAuthorised'],
    ['payments.payment.v1', order, 'PaymentCaptured'],
  ]);
}

async function sendMail(sql: Sql, { order, buyer }: Ids): Promise<void> {
  await sql.rows('INSERT INTO notifications.inbox_stream (user_id, sequence) VALUES ($1, 1)', [toUuid(buyer)]);
  await sql.rows(
    `INSERT INTO notifications.notification (id, event_id, channel, user_id, order_id, template, subject, text, html, status, attempts, sent_at, give_up_at, message_id, sequence)
     VALUES ($1, $2, 'EMAIL', $3, $4, 'ORDER_CONFIRMED', '', '', '', 'SENT', 1, now(), now(), 'mail@tally.invalid', 1)`,
    [toUuid(newId('ntf')), toUuid(newId('evt')), toUuid(buyer), toUuid(order)],
  );
  await queue(sql, 'notifications', [['notifications.notification.v1', buyer, 'NotificationCreated']]);
}

type Queued = readonly [topic: string, key: string, type: string];

/** Outbox rows, numbered per stream in the order given. */
async function queue(sql: Sql, schema: string, events: readonly Queued[]): Promise<void> {
  const last = new Map<string, number>();
  for (const [topic, key, type] of events) {
    const sequence = (last.get(topic + key) ?? 0) + 1;
    last.set(topic + key, sequence);
    await sql.rows(`INSERT INTO ${schema}.outbox (event_id, topic, key, sequence, type, payload) VALUES ($1, $2, $3, $4, $5, '{}')`, [
      toUuid(newId('evt')),
      topic,
      key,
      sequence,
      type,
    ]);
  }
}

const readers = [
  ['orders', 'products.commands.v1', 'products'],
  ['products', 'products.stock.v1', 'orders'],
  ['orders', 'payments.commands.v1', 'payments'],
  ['payments', 'payments.payment.v1', 'orders'],
] as const;

/** What relays and consumers do, at once. */
async function publish(sql: Sql): Promise<void> {
  for (const schema of ['products', 'orders', 'payments', 'notifications']) {
    await sql.rows(
      `INSERT INTO event_log.record (topic, partition, position, key, event_id, type, sequence, time, payload, appended_at)
       SELECT topic, 0, row_number() OVER (PARTITION BY topic ORDER BY id), key, event_id, type, sequence, now(), payload, now() FROM ${schema}.outbox`,
    );
    await sql.rows(`UPDATE ${schema}.outbox SET published_at = now()`);
  }
  for (const [owner, topic, reader] of readers) {
    await sql.rows(
      `INSERT INTO ${reader}.inbox (consumer, event_id, state) SELECT $1, event_id, 'DONE' FROM ${owner}.outbox WHERE topic = $2`,
      [reader, topic],
    );
  }
}
