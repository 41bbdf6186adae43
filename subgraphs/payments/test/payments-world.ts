import { createPostgresEventLog, type EventLog, type LogRecord } from '@tally/messaging';
import { createSigner, gatewayIssuer, generateSigningKey, type Caller } from '@tally/identity';
import { newId, newShardedId, type Id } from '@tally/kernel';
import { createSimulatorAdmin, startPaymentSimulator, type LedgerEntry, type SimulatorAdmin, type Token } from '@tally/payment-simulator';
import { createLogger } from '@tally/runtime';
import { allTopics } from '@tally/subgraph-kit';
import { cloneDatabase, eventually, openSql, type Row, type Sql } from '@tally/testkit';
import type { PaymentProvider } from '../src/ports/payment-provider.ts';
import { standardWork, startPayments, type RunningPayments, type WorkConfig } from '../src/index.ts';

/** Pauses short enough for a test; the settle window is still twice the timeout. */
export const quickWork: WorkConfig = {
  ...standardWork,
  requestTimeoutMs: 500,
  settleMs: 1_000,
  breakAfter: 50,
  halfOpenMs: 200,
  pollMs: 25,
  retryMs: [20, 50],
  enquiryMs: [50, 100, 150],
  buyerMs: 50,
};

export interface Command {
  readonly commandId: Id<'cmd'>;
  readonly orderId: Id<'ord'>;
}

export interface Order extends Command {
  readonly buyerId: Id<'usr'>;
  readonly methodId: Id<'pm'>;
}

/** A fact as it stands in the outbox, oldest first. */
export interface Fact {
  readonly type: string;
  readonly sequence: number;
  readonly data: Readonly<Record<string, unknown>> & { readonly commandId: string; readonly reason?: string; readonly operation?: string };
}

/** Payments alone, on real PostgreSQL, a real event log and a real provider with a ledger of its own. */
export interface PaymentsWorld extends AsyncDisposable {
  readonly sql: Sql;
  readonly admin: SimulatorAdmin;
  readonly simulatorUrl: string;
  readonly statements: string[];
  readonly urls: { readonly app: string; readonly log: string };
  /** A buyer who keeps one method with this token. */
  method(token: string, userId?: Id<'usr'>): Promise<{ readonly userId: Id<'usr'>; readonly methodId: Id<'pm'> }>;
  /** An order whose AuthorisePayment is on the log. */
  authorise(
    token: Token,
    options?: { readonly deadlineMs?: number; readonly methodId?: Id<'pm'> | null; readonly orderId?: Id<'ord'> },
  ): Promise<Order>;
  capture(orderId: Id<'ord'>): Promise<Command>;
  void(orderId: Id<'ord'>): Promise<Command>;
  refund(orderId: Id<'ord'>, amount: number, refundId?: Id<'ref'>): Promise<Command & { readonly refundId: Id<'ref'> }>;
  send(type: string, orderId: Id<'ord'>, data: object): Promise<Command & { readonly eventId: Id<'evt'> }>;
  append(record: Pick<LogRecord, 'eventId' | 'type' | 'key' | 'payload'>): Promise<void>;
  facts(orderId: Id<'ord'>): Promise<readonly Fact[]>;
  /** Waits for the one definite reply to a command. */
  replyTo(command: Command): Promise<Fact>;
  payment(orderId: Id<'ord'>): Promise<Row>;
  attempts(orderId: Id<'ord'>): Promise<readonly string[]>;
  ledger(orderId: Id<'ord'>): Promise<readonly LedgerEntry[]>;
  /** Nothing is open, every command has one definite reply and the stream has no hole. */
  quiet(): Promise<void>;
  ask(
    caller: Caller,
    query: string,
    variables?: Record<string, unknown>,
  ): Promise<{ readonly data: Record<string, unknown> | null; readonly codes: readonly unknown[]; readonly status: number }>;
  /** A request that does not come from the gateway. */
  askDirectly(query: string, headers: Readonly<Record<string, string>>): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Stops payments and starts it again on the same tables. */
  restart(work?: Partial<WorkConfig>): Promise<void>;
  stop(): Promise<void>;
}

const progress = ['PaymentInDoubt', 'PaymentActionRequired'];

export async function aPaymentsWorld(
  options: {
    readonly work?: Partial<WorkConfig>;
    readonly provider?: PaymentProvider;
    readonly simulatorUrl?: string;
    readonly roles?: readonly ('api' | 'worker')[];
  } = {},
): Promise<PaymentsWorld> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await cloneDatabase());
  const { payments, event_log: log, simulator: simulated } = database.urls;
  const logger = createLogger({ service: 'test', level: 'silent' });
  const simulator = stack.use(await startPaymentSimulator({ databaseUrl: simulated.app, port: 0, latencyMs: 1 }));
  const sql = stack.use(await openSql(payments.app));
  const eventLog: EventLog = stack.use(createPostgresEventLog({ databaseUrl: log.app, topics: allTopics(), logger, wake: 'process' }));
  const key = await generateSigningKey();
  const signer = createSigner({ kind: 'gateway', issuer: gatewayIssuer, key });
  const statements: string[] = [];
  const sequences = new Map<string, number>();

  const start = (work: Partial<WorkConfig> = {}): Promise<RunningPayments> =>
    startPayments(
      {
        databaseUrl: payments.app,
        poolSize: 10,
        http: null,
        metricsPort: null,
        roles: options.roles ?? ['api', 'worker'],
        gatewayKeys: [key.publicJwk],
        log: { kind: 'postgres', databaseUrl: log.app },
        wake: 'process',
        otlpEndpoint: null,
        simulatorUrl: options.simulatorUrl ?? simulator.url,
        soleWorker: false,
        work: { ...quickWork, ...options.work, ...work },
      },
      {
        eventLog,
        logger,
        onStatement: (text) => statements.push(text),
        ...(options.provider === undefined ? {} : { provider: options.provider }),
      },
    );
  let running: RunningPayments | null = await start();
  stack.defer(async () => running?.[Symbol.asyncDispose]());

  const append: PaymentsWorld['append'] = async ({ eventId, type, key: orderId, payload }) => {
    const sequence = (sequences.get(orderId) ?? 0) + 1;
    sequences.set(orderId, sequence);
    await eventLog.append([
      {
        topic: 'payments.commands.v1',
        key: orderId,
        eventId,
        type,
        sequence,
        time: new Date(),
        traceparent: null,
        tracestate: null,
        payload,
      },
    ]);
  };
  const send: PaymentsWorld['send'] = async (type, orderId, data) => {
    const commandId = newId('cmd');
    const eventId = newId('evt');
    await append({ eventId, type, key: orderId, payload: JSON.stringify({ commandId, order: { id: orderId }, ...data }) });
    return { commandId, orderId, eventId };
  };
  const method: PaymentsWorld['method'] = async (token, userId = newId('usr')) => {
    const methodId = newId('pm');
    await sql.execute(
      `INSERT INTO payment_method (id, user_id, provider, token, kind, is_default) VALUES ($1, $2, 'simulator', $3, 'SIMULATOR', NOT EXISTS (SELECT FROM payment_method WHERE user_id = $2))`,
      [uuid(methodId), uuid(userId), token],
    );
    return { userId, methodId };
  };
  const facts: PaymentsWorld['facts'] = async (orderId) =>
    (await sql.rows('SELECT type, sequence, payload FROM outbox WHERE key = $1 ORDER BY id', [orderId])).map((row) => ({
      type: String(row['type']),
      sequence: Number(row['sequence']),
      data: JSON.parse(String(row['payload'])) as Fact['data'],
    }));

  const owned = stack.move();
  return {
    sql,
    admin: createSimulatorAdmin(simulator.url),
    simulatorUrl: simulator.url,
    statements,
    urls: { app: payments.app, log: log.app },
    method,
    append,
    send,
    facts,
    async authorise(token, { deadlineMs = 60_000, methodId, orderId = newShardedId('ord', 7) } = {}) {
      const buyer = await method(token);
      const deadlineAt = new Date(Date.now() + deadlineMs).toISOString();
      const body = {
        buyer: { id: buyer.userId },
        amount: { amount: 1_000, currency: 'EUR' },
        paymentMethodId: methodId === undefined ? buyer.methodId : methodId,
        deadlineAt,
      };
      return { ...(await send('AuthorisePayment', orderId, body)), buyerId: buyer.userId, methodId: buyer.methodId };
    },
    capture: (orderId) => send('CapturePayment', orderId, {}),
    void: (orderId) => send('VoidPayment', orderId, { reason: 'cancelled' }),
    refund: async (orderId, amount, refundId = newId('ref')) => ({
      ...(await send('RefundPayment', orderId, { refundId, amount: { amount, currency: 'EUR' }, reason: 'cancelled' })),
      refundId,
    }),
    replyTo: ({ commandId, orderId }) =>
      eventually(
        async () => {
          const reply = (await facts(orderId)).find(({ type, data }) => data.commandId === commandId && !progress.includes(type));
          if (reply === undefined)
            throw new Error(`no reply yet: ${JSON.stringify(await sql.rows('SELECT status, attention FROM payment'))}`);
          return reply;
        },
        { timeoutMs: 10_000 },
      ),
    payment: (orderId) => sql.row('SELECT * FROM payment WHERE order_id = $1', [uuid(orderId)]),
    attempts: async (orderId) =>
      (
        await sql.rows(
          'SELECT a.operation, a.outcome, a.error_code FROM payment_attempt a JOIN payment p ON p.id = a.payment_id WHERE p.order_id = $1 ORDER BY number',
          [uuid(orderId)],
        )
      ).map(({ operation, outcome, error_code: code }) => [operation, outcome, ...(code === null ? [] : [code])].map(String).join(' ')),
    ledger: (orderId) => createSimulatorAdmin(simulator.url).ledger(orderId),
    quiet: () =>
      eventually(
        async () => {
          const open = await sql.number(`SELECT count(*) FROM payment_operation WHERE state NOT IN ('DONE', 'PARKED')`);
          const unanswered = await sql.rows(
            `SELECT command_id, (SELECT count(*) FROM outbox WHERE payload::jsonb ->> 'commandId' = 'cmd_' || replace(command_id::text, '-', '') AND type <> ALL($1)) AS replies FROM payment_operation WHERE state = 'DONE'`,
            [progress],
          );
          if (open > 0 || unanswered.some(({ replies }) => Number(replies) !== 1))
            throw new Error(`not quiet: ${String(open)} open, ${JSON.stringify(unanswered)}`);
          const holes = await sql.number(
            'SELECT count(*) FROM (SELECT key, max(sequence) AS last, count(*) AS number FROM outbox GROUP BY key) stream WHERE last <> number',
          );
          if (holes > 0) throw new Error('a stream has a hole');
        },
        { timeoutMs: 10_000 },
      ),
    async ask(caller, query, variables = {}) {
      const { token } = await signer.sign(caller, 'payments');
      const response = await running?.subgraph?.execute({ query, variables, headers: { authorization: `Bearer ${token}` } });
      const body = response?.body as { data?: Record<string, unknown> | null; errors?: { extensions?: { code?: string } }[] };
      return {
        status: response?.status ?? 0,
        data: plain(body.data ?? null),
        codes: (body.errors ?? []).map(({ extensions }) => extensions?.code),
      };
    },
    askDirectly: async (query, headers) => (await running?.subgraph?.execute({ query, headers })) ?? { status: 0, body: null },
    async restart(work) {
      await running?.[Symbol.asyncDispose]();
      running = null;
      running = await start(work);
    },
    async stop() {
      await running?.[Symbol.asyncDispose]();
      running = null;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The bare UUID that tables keep. */
export const uuid = (id: Id): string => id.slice(id.indexOf('_') + 1);

/** Without the null prototypes of GraphQL's results. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** A signed-in person. */
export const aUser = (userId: Id<'usr'> = newId('usr'), ...scopes: string[]): Caller => ({
  kind: 'user',
  userId,
  sessionId: newId('ses'),
  scopes,
});
