import { fromUuid, type Id } from '@tally/kernel';
import { createTransact, prismaAdapter, sqlOf } from '@tally/subgraph-kit';
import { cloneDatabase, openSql, type Row } from '@tally/testkit';
import { createCommandsStore } from '../../src/adapters/prisma/commands-store.ts';
import { createPaymentMethodsStore } from '../../src/adapters/prisma/payment-methods.ts';
import { createSettlementStore } from '../../src/adapters/prisma/settlement-store.ts';
import { createWorkQueue } from '../../src/adapters/prisma/work-queue.ts';
import { PrismaClient, type Prisma } from '../../src/generated/prisma/client.ts';
import type { StoredPayments, StoresWorld } from './stores-world.ts';

/** The Prisma adapters on a cloned database. */
export async function openPostgresStores(): Promise<StoresWorld> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await cloneDatabase());
  const url = database.urls.payments.app;
  const sql = stack.use(await openSql(url));
  const client = new PrismaClient({ adapter: prismaAdapter({ url, schema: 'payments', maxConnections: 12 }) });
  stack.defer(() => client.$disconnect());
  const transact = createTransact({
    client,
    consumer: 'payments',
    stores: (tx: Prisma.TransactionClient, open) => ({
      commands: createCommandsStore(open),
      settlements: createSettlementStore(open),
      methods: createPaymentMethodsStore(tx, open),
    }),
  });
  const owned = stack.move();
  return {
    transact,
    queue: createWorkQueue(sqlOf(client)),
    async pass(ms) {
      // Everything else is so much longer ago.
      await sql.execute(
        `UPDATE payment_operation SET run_at = run_at - $1::float8 * interval '1 ms', lease_until = lease_until - $1::float8 * interval '1 ms'`,
        [ms],
      );
    },
    async rows() {
      return {
        payments: (await sql.rows('SELECT * FROM payment ORDER BY created_at, id')).map(toPayment),
        operations: (await sql.rows('SELECT * FROM payment_operation ORDER BY id')).map(toOperation),
        attempts: (await sql.rows('SELECT * FROM payment_attempt ORDER BY number')).map(toAttempt),
        refunds: (await sql.rows('SELECT * FROM refund ORDER BY created_at, id')).map(toRefund),
      };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

type Stored<Of extends keyof StoredPayments> = StoredPayments[Of][number];

const orNull = <Value>(value: unknown, read: (value: unknown) => Value): Value | null => (value === null ? null : read(value));

const toPayment = (row: Row): Stored<'payments'> => ({
  id: fromUuid('pay', String(row['id'])),
  orderId: fromUuid('ord', String(row['order_id'])),
  buyerId: orNull(row['buyer_id'], (id): Id<'usr'> => fromUuid('usr', String(id))),
  token: orNull(row['token'], String),
  status: row['status'] as Stored<'payments'>['status'],
  amount: orNull(row['amount'], Number),
  captured: Number(row['captured']),
  refunded: Number(row['refunded']),
});

const toOperation = (row: Row): Stored<'operations'> => ({
  commandId: fromUuid('cmd', String(row['command_id'])),
  operation: row['operation'] as Stored<'operations'>['operation'],
  call: row['call'] as Stored<'operations'>['call'],
  state: row['state'] as Stored<'operations'>['state'],
  fence: Number(row['fence']),
  hurried: row['hurried'] === true,
});

const toAttempt = (row: Row): Stored<'attempts'> => ({
  number: Number(row['number']),
  operation: row['operation'] as Stored<'attempts'>['operation'],
  outcome: row['outcome'] as Stored<'attempts'>['outcome'],
  errorCode: orNull(row['error_code'], String),
  latencyMs: orNull(row['latency_ms'], Number),
});

const toRefund = (row: Row): Stored<'refunds'> => ({
  id: fromUuid('ref', String(row['id'])),
  status: row['status'] as Stored<'refunds'>['status'],
  amount: Number(row['amount']),
});
