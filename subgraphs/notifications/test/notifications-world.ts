import type { MessageData, MessageType, OrderStatusName, Topic } from '@tally/events';
import { createSigner, gatewayIssuer, generateSigningKey, type Caller } from '@tally/identity';
import { newId, newShardedId, toUuid, type Id, type Money } from '@tally/kernel';
import { createPostgresEventLog } from '@tally/messaging';
import { createLogger } from '@tally/runtime';
import { allTopics } from '@tally/subgraph-kit';
import { cloneDatabase, eventually, openSql, type Row, type Sql } from '@tally/testkit';
import type { Mailer } from '../src/ports/mailer.ts';
import { notificationsStandards, startNotifications, type DeliveryConfig, type RunningNotifications } from '../src/index.ts';
import { startMailServer, type MailServer } from './mail-server.ts';

/** Pauses short enough for a test. */
export const quickDelivery: DeliveryConfig = {
  ...notificationsStandards.delivery,
  sendTimeoutMs: 2_000,
  leaseMs: 10_000,
  pollMs: 25,
  firstPauseMs: 10,
  longestPauseMs: 50,
};

export interface Answer {
  readonly status: number;
  readonly data: Record<string, unknown> | null;
  readonly codes: readonly unknown[];
}

/** An order that was placed, as far as its mails need it. */
export interface PlacedOrder {
  readonly id: Id<'ord'>;
  readonly buyerId: Id<'usr'>;
}

/** Notifications alone, on real PostgreSQL, a real event log and a real mail server; the others are played by the test. */
export interface NotificationsWorld extends AsyncDisposable {
  /** As the owner of the tables. */
  readonly sql: Sql;
  readonly mailServer: MailServer;
  publish<T extends Topic, M extends MessageType<T>>(
    topic: T,
    type: M,
    key: string,
    data: MessageData<M>,
    options?: { readonly eventId?: Id<'evt'>; readonly sequence?: number; readonly time?: Date },
  ): Promise<Id<'evt'>>;
  /** Somebody whose address users has told. */
  user(options?: {
    readonly id?: Id<'usr'>;
    readonly email?: string;
    readonly displayName?: string | null;
    readonly version?: number;
  }): Promise<Id<'usr'>>;
  placed(buyerId: Id<'usr'>): Promise<PlacedOrder>;
  becomes(
    order: PlacedOrder,
    status: OrderStatusName,
    options?: { readonly eventId?: Id<'evt'>; readonly note?: string },
  ): Promise<Id<'evt'>>;
  refunded(orderId: Id<'ord'>, amount: Money, eventId?: Id<'evt'>): Promise<Id<'evt'>>;
  sessionRevoked(userId: Id<'usr'>, reason: 'LOGOUT' | 'REUSE'): Promise<Id<'evt'>>;
  /** A user who was told of that many confirmed orders, oldest first. */
  told(
    count: number,
    userId?: Id<'usr'>,
  ): Promise<{ readonly userId: Id<'usr'>; readonly orders: readonly PlacedOrder[]; readonly ids: readonly Id<'ntf'>[] }>;
  /** Of one user, oldest first. */
  rows(userId: Id<'usr'>): Promise<readonly Row[]>;
  /** Events of one user's stream, oldest first. */
  events(
    userId: Id<'usr'>,
  ): Promise<readonly { readonly type: string; readonly sequence: number; readonly data: Record<string, unknown>; readonly at: Date }[]>;
  /** Nothing is on its way. */
  delivered(): Promise<void>;
  caughtUp(): Promise<void>;
  ask(caller: Caller, query: string, variables?: Record<string, unknown>): Promise<Answer>;
  askDirectly(query: string, headers: Readonly<Record<string, string>>): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Text of every statement sent since the last call. */
  statements(): readonly string[];
  stop(): Promise<void>;
  restart(delivery?: Partial<DeliveryConfig>): Promise<void>;
}

export interface WorldOptions {
  readonly delivery?: Partial<DeliveryConfig>;
  readonly mailer?: Mailer;
  /** No mail server: mails are kept. */
  readonly captured?: boolean;
  readonly soleWorker?: boolean;
}

export async function aNotificationsWorld(options: WorldOptions = {}): Promise<NotificationsWorld> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await cloneDatabase());
  const { notifications, event_log: log } = database.urls;
  const logger = createLogger({ service: 'test', level: 'silent' });
  const mailServer = stack.use(await startMailServer());
  const sql = stack.use(await openSql(notifications.owner));
  const eventLog = stack.use(createPostgresEventLog({ databaseUrl: log.app, topics: allTopics(), logger, wake: 'process' }));
  const key = await generateSigningKey();
  const signer = createSigner({ kind: 'gateway', issuer: gatewayIssuer, key });
  let statements: string[] = [];

  const start = (delivery: Partial<DeliveryConfig> = {}): Promise<RunningNotifications> =>
    startNotifications(
      {
        ...notificationsStandards,
        databaseUrl: notifications.app,
        poolSize: 10,
        http: null,
        metricsPort: null,
        roles: ['api', 'worker'],
        gatewayKeys: [key.publicJwk],
        log: { kind: 'postgres', databaseUrl: log.app },
        wake: 'process',
        otlpEndpoint: null,
        smtpUrl: options.captured === true ? null : mailServer.url,
        soleWorker: options.soleWorker ?? false,
        delivery: { ...quickDelivery, ...options.delivery, ...delivery },
      },
      {
        eventLog,
        logger,
        onStatement: (text) => statements.push(text),
        ...(options.mailer === undefined ? {} : { mailer: options.mailer }),
      },
    );
  let running: RunningNotifications | null = await start();
  stack.defer(async () => running?.[Symbol.asyncDispose]());

  const publish: NotificationsWorld['publish'] = async (
    topic,
    type,
    about,
    data,
    { eventId = newId('evt'), sequence = 1, time = new Date() } = {},
  ) => {
    const payload = JSON.stringify(data);
    await eventLog.append([{ topic, key: about, eventId, type, sequence, time, traceparent: null, tracestate: null, payload }]);
    return eventId;
  };
  const sequences = new Map<string, number>();
  const next = (about: string): number => {
    const sequence = (sequences.get(about) ?? 0) + 1;
    sequences.set(about, sequence);
    return sequence;
  };
  const rows: NotificationsWorld['rows'] = (userId) =>
    sql.rows('SELECT * FROM notification WHERE user_id = $1 ORDER BY sequence', [toUuid(userId)]);

  const owned = stack.move();
  const world: NotificationsWorld = {
    sql,
    mailServer,
    publish,
    async user({ id = newId('usr'), email = `${id}@example.com`, displayName = 'Ada', version = 1 } = {}) {
      await publish('users.user.v1', 'UserChanged', id, { user: { id }, email, displayName, locale: 'en' }, { sequence: version });
      return id;
    },
    async placed(buyerId) {
      const id = newShardedId('ord', 7);
      const amount = { amount: 2_500, currency: 'EUR' };
      const line = {
        id: newId('line'),
        variant: { id: newId('var') },
        seller: { id: newId('sell') },
        sku: 'MUG-1',
        title: 'Blue mug',
        quantity: 2,
      };
      await publish(
        'orders.order.v1',
        'OrderPlaced',
        id,
        {
          order: { id },
          buyer: { id: buyerId },
          previous: null,
          status: 'PENDING',
          note: null,
          problems: [],
          number: `T-${id.slice(-6)}`,
          lines: [{ ...line, unitPrice: { amount: 1_250, currency: 'EUR' }, lineTotal: amount }],
          total: amount,
        },
        { sequence: next(id) },
      );
      return { id, buyerId };
    },
    becomes: ({ id, buyerId }, status, { eventId, note } = {}) =>
      publish(
        'orders.order.v1',
        'OrderStatusChanged',
        id,
        { order: { id }, buyer: { id: buyerId }, previous: 'PENDING', status, note: note ?? null, problems: [] },
        { sequence: next(id), ...(eventId === undefined ? {} : { eventId }) },
      ),
    refunded: (orderId, amount, eventId) =>
      publish(
        'payments.payment.v1',
        'PaymentRefunded',
        orderId,
        { commandId: newId('cmd'), order: { id: orderId }, payment: { id: newId('pay') }, refundId: newId('ref'), amount },
        eventId === undefined ? {} : { eventId },
      ),
    sessionRevoked: (userId, reason) =>
      publish('users.session.v1', 'SessionRevoked', userId, { user: { id: userId }, session: { id: newId('ses') }, reason }),
    async told(count, userId) {
      const id = userId ?? (await world.user());
      // The address is there before the first mail is due: topics keep no order among each other.
      await world.caughtUp();
      const orders: PlacedOrder[] = [];
      const known = (await rows(id)).length;
      for (let at = 0; at < count; at += 1) {
        const order = await world.placed(id);
        await world.becomes(order, 'CONFIRMED');
        await world.caughtUp();
        orders.push(order);
      }
      const ids = (await rows(id)).slice(known).map((row) => `ntf_${String(row['id']).replaceAll('-', '')}` as Id<'ntf'>);
      return { userId: id, orders, ids };
    },
    rows,
    events: async (userId) =>
      (
        await sql.rows(
          `SELECT type, sequence::int AS sequence, payload::jsonb AS data, created_at AS at FROM outbox WHERE key = $1 ORDER BY id`,
          [userId],
        )
      ).map((row) => row as never),
    delivered: async () => {
      await eventually(
        async () => {
          const open = await sql.rows(`SELECT status, attempts, last_error FROM notification WHERE status NOT IN ('SENT', 'DEAD')`);
          if (open.length > 0) throw new Error(`on their way: ${JSON.stringify(open)}`);
        },
        { timeoutMs: 10_000 },
      );
    },
    caughtUp: async () => running?.caughtUp(),
    async ask(caller, query, variables = {}) {
      const { token } = await signer.sign(caller, 'notifications');
      const response = await running?.subgraph?.execute({ query, variables, headers: { authorization: `Bearer ${token}` } });
      const body = plain(response?.body ?? {}) as { data?: Record<string, unknown> | null; errors?: { extensions?: { code?: string } }[] };
      return {
        status: response?.status ?? 0,
        data: body.data ?? null,
        codes: (body.errors ?? []).map(({ extensions }) => extensions?.code),
      };
    },
    askDirectly: async (query, headers) => (await running?.subgraph?.execute({ query, headers })) ?? { status: 0, body: null },
    statements() {
      const seen = statements;
      statements = [];
      return seen;
    },
    async stop() {
      await running?.[Symbol.asyncDispose]();
      running = null;
    },
    async restart(delivery) {
      await world.stop();
      running = await start(delivery);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
  return world;
}

/** Without the null prototypes of GraphQL's results. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** A signed-in person. */
export const aUser = (userId: Id<'usr'> = newId('usr'), ...scopes: string[]): Caller => ({
  kind: 'user',
  userId,
  sessionId: newId('ses'),
  scopes,
});

/** Somebody of the staff, who may see all notifications. */
export const staff: Caller = aUser(newId('usr'), 'notifications:manage');
