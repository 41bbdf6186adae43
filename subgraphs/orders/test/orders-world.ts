import { topics, type MessageData, type MessageType, type Topic } from '@tally/events';
import { createSigner, gatewayIssuer, generateSigningKey } from '@tally/identity';
import { fromUuid, newId, toUuid, type Clock, type Id } from '@tally/kernel';
import { createPostgresEventLog, type EventLog } from '@tally/messaging';
import { createLogger } from '@tally/runtime';
import { allTopics } from '@tally/subgraph-kit';
import { cloneDatabase, eventually, openSql, type ClonedDatabase, type Sql } from '@tally/testkit';
import { startOrders, type RunningOrders } from '../src/app.ts';
import { ordersStandards, type OrdersConfig } from '../src/config.ts';
import { createBuyer, type Buyer } from './buyer.ts';

export interface Answer {
  readonly status: number;
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly unknown[];
    readonly extensions: { readonly code: string };
  }[];
}

/** Who asks: somebody signed in, with scopes or without, or nobody. */
export interface Asker {
  readonly userId?: Id<'usr'>;
  readonly scopes?: readonly string[];
}

/** A command as it left for another subgraph. */
export interface SentCommand {
  readonly type: string;
  readonly sequence: number;
  readonly data: { readonly commandId: Id<'cmd'>; readonly order: { readonly id: string } } & Readonly<Record<string, unknown>>;
}

/** The whole subgraph on a database of its own, asked as the gateway asks it; the others are played by the test, over the real event log. */
export interface OrdersWorld extends AsyncDisposable {
  readonly database: ClonedDatabase;
  readonly config: OrdersConfig;
  readonly log: EventLog;
  readonly orders: RunningOrders;
  /** As the owner of the tables. */
  readonly sql: Sql;
  ask(asker: Asker, query: string, variables?: Record<string, unknown>): Promise<Answer>;
  /** What the subgraph answers to a header as sent. */
  raw(authorization: string | undefined, query: string, variables?: Record<string, unknown>): Promise<Answer>;
  token(asker: Asker, audience?: string, clock?: Clock): Promise<string>;
  buyer(userId?: Id<'usr'>): Buyer;
  /** Puts variants into the price replica, as if products had told of them. */
  sells(...variants: readonly ForSale[]): Promise<readonly Id<'var'>[]>;
  /** Tells something as another subgraph would. */
  publish<T extends Topic, M extends MessageType<T>>(
    topic: T,
    type: M,
    key: string,
    data: MessageData<M>,
    eventId?: Id<'evt'>,
    sequence?: number,
  ): Promise<Id<'evt'>>;
  /** The newest command of a type about an order, once it has left; `undefined` at once if `now` and there is none. */
  command(orderId: Id<'ord'>, type: string): Promise<SentCommand>;
  commands(orderId: Id<'ord'>): Promise<readonly string[]>;
  /** Answers a command as its receiver would. */
  reply<M extends MessageType<'products.stock.v1' | 'payments.payment.v1'>>(
    type: M,
    command: SentCommand,
    more?: Record<string, unknown>,
  ): Promise<Id<'evt'>>;
  statusOf(orderId: Id<'ord'>): Promise<string>;
  becomes(orderId: Id<'ord'>, status: string): Promise<void>;
  /** Number of rows of every table of the subgraph, and the sum of the versions that rise with a change. */
  footprint(): Promise<Record<string, number>>;
  /** Text of every statement sent since the last call. */
  statements(): readonly string[];
}

export interface ForSale {
  readonly amount?: number;
  readonly sellable?: boolean;
  readonly taxClass?: string;
  readonly weightGrams?: number;
  readonly currency?: string;
}

export interface WorldOptions {
  readonly config?: Partial<OrdersConfig>;
  readonly clock?: Clock;
  /** Makes of the URL of the database the one that the subgraph gets. */
  readonly changeDatabaseUrl?: (url: string) => string;
  /** The same for the event log. */
  readonly changeLogUrl?: (url: string) => string;
  readonly onStatement?: (text: string) => void;
}

const asItIs = (url: string): string => url;

export async function anOrdersWorld({ config: changes = {}, clock, ...hooks }: WorldOptions = {}): Promise<OrdersWorld> {
  const { changeDatabaseUrl = asItIs, changeLogUrl = asItIs, onStatement } = hooks;
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await cloneDatabase());
  const sql = stack.use(await openSql(database.urls.orders.owner));
  const logger = createLogger({ service: 'orders', level: 'silent' });
  const logUrl = changeLogUrl(database.urls.event_log.app);
  const log = stack.use(createPostgresEventLog({ databaseUrl: logUrl, topics: allTopics(), logger, wake: 'process' }));
  const key = await generateSigningKey();
  const signer = createSigner({ kind: 'gateway', issuer: gatewayIssuer, key });
  const config: OrdersConfig = {
    ...ordersStandards,
    databaseUrl: changeDatabaseUrl(database.urls.orders.app),
    poolSize: 10,
    http: null,
    metricsPort: null,
    roles: ['api', 'worker'],
    gatewayKeys: [key.publicJwk],
    log: { kind: 'postgres', databaseUrl: logUrl },
    wake: 'process',
    otlpEndpoint: null,
    ...changes,
  };
  let sent: string[] = [];
  const orders = stack.use(
    await startOrders(config, {
      eventLog: log,
      logger,
      onStatement(text) {
        sent.push(text);
        onStatement?.(text);
      },
      ...(clock === undefined ? {} : { clock }),
    }),
  );

  async function token({ userId, scopes = [] }: Asker, audience = 'orders', at?: Clock): Promise<string> {
    const caller =
      userId === undefined ? ({ kind: 'anonymous' } as const) : ({ kind: 'user', userId, sessionId: newId('ses'), scopes } as const);
    const signing = at === undefined ? signer : createSigner({ kind: 'gateway', issuer: gatewayIssuer, key, clock: at });
    return (await signing.sign(caller, audience)).token;
  }
  async function raw(authorization: string | undefined, query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
    const response = await orders.subgraph?.execute({ query, variables, headers: { authorization } });
    return { status: response?.status ?? 0, ...(JSON.parse(JSON.stringify(response?.body)) as Omit<Answer, 'status'>) };
  }
  const ask = async (asker: Asker, query: string, variables?: Record<string, unknown>) =>
    raw(`Bearer ${await token(asker)}`, query, variables);

  async function publish<T extends Topic, M extends MessageType<T>>(
    topic: T,
    type: M,
    about: string,
    data: MessageData<M>,
    eventId = newId('evt'),
    sequence = 1,
  ) {
    const record = {
      topic,
      key: about,
      eventId,
      type,
      sequence,
      time: new Date(),
      traceparent: null,
      tracestate: null,
      payload: JSON.stringify(data),
    };
    await log.append([record]);
    return eventId;
  }
  const outbox = async (orderId: Id<'ord'>) => {
    const rows = await sql.rows(
      `SELECT type, sequence::int AS sequence, payload::jsonb AS data FROM outbox WHERE topic LIKE '%.commands.v1' AND key = $1 ORDER BY id`,
      [orderId],
    );
    return rows as unknown as readonly SentCommand[];
  };
  const statusOf = async (orderId: Id<'ord'>) =>
    String((await sql.row('SELECT status FROM orders WHERE id = $1', [toUuid(orderId)]))['status']);

  const owned = stack.move();
  const world: OrdersWorld = {
    database,
    config,
    log,
    orders,
    sql,
    ask,
    raw,
    token,
    buyer: (userId = newId('usr')) => createBuyer(world, userId),
    async sells(...variants) {
      const ids = variants.map(() => newId('var'));
      const [productId, sellerId] = [newId('prod'), newId('sell')];
      await sql.execute(
        `INSERT INTO price (variant_id, product_id, seller_id, sku, title, amount, currency, tax_class, weight_grams, sellable, sequence)
         SELECT v.id, $1, $2, 'SKU-' || v.n, 'Mug ' || v.n, v.amount, v.currency, v.tax_class, v.weight, v.sellable, 1
         FROM jsonb_to_recordset($3::jsonb) AS v(id uuid, n int, amount bigint, currency text, tax_class text, weight int, sellable boolean)`,
        [
          toUuid(productId),
          toUuid(sellerId),
          JSON.stringify(
            variants.map(({ amount = 1_000, sellable = true, taxClass = 'STANDARD', weightGrams = 300, currency = 'EUR' }, n) => ({
              ...{ id: toUuid(ids[n] ?? newId('var')), n, amount, sellable, currency },
              tax_class: taxClass,
              weight: weightGrams,
            })),
          ),
        ],
      );
      return ids;
    },
    publish,
    command: (orderId, type) =>
      eventually(async () => {
        const found = (await outbox(orderId)).findLast((command) => command.type === type);
        if (found === undefined) throw new Error(`${type} has not left`);
        return found;
      }),
    commands: async (orderId) => (await outbox(orderId)).map(({ type }) => type),
    reply(type, { data: { commandId, order } }, more = {}) {
      const data = {
        commandId,
        order,
        ...(type in topics['products.stock.v1'].messages ? {} : { payment: { id: newId('pay') } }),
        ...more,
      } as MessageData<typeof type>;
      return publish(topicNameOf(type), type as never, order.id, data as never);
    },
    statusOf,
    becomes: async (orderId, status) => {
      await eventually(async () => {
        const now = await statusOf(orderId);
        if (now !== status) throw new Error(`${orderId} is ${now}, not ${status}`);
      });
    },
    async footprint() {
      const tables = await sql.rows(
        `SELECT tablename FROM pg_tables WHERE schemaname = 'orders' AND tablename NOT IN ('_prisma_migrations', 'inbox') ORDER BY 1`,
      );
      const counts = tables.map(({ tablename }) => `(SELECT count(*) FROM "${String(tablename)}")::int AS "${String(tablename)}"`);
      const versions = ['cart.version', 'orders.sequence', 'saga.version', 'buyer_stream.sequence', 'cart_line.quantity'].map((name) => {
        const [table = '', column = ''] = name.split('.');
        return `(SELECT coalesce(sum("${column}"), 0) FROM "${table}")::int AS "${name}"`;
      });
      return (await sql.row(`SELECT ${[...counts, ...versions].join(', ')}`)) as Record<string, number>;
    },
    statements() {
      const seen = sent;
      sent = [];
      return seen;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
  await orders.caughtUp();
  return world;
}

const topicNameOf = (type: string): 'products.stock.v1' | 'payments.payment.v1' =>
  type in topics['products.stock.v1'].messages ? 'products.stock.v1' : 'payments.payment.v1';

/** The id of the order in a payload. */
export const orderIdOf = (uuid: unknown): Id<'ord'> => fromUuid('ord', String(uuid));
