import { readFileSync } from 'node:fs';
import { topicOf } from '@tally/events';
import { endOf, startConsumer, type WakeChannel } from '@tally/messaging';
import {
  createTransact,
  createTroubleDesk,
  databaseState,
  openSubgraphParts,
  sqlOf,
  startSubgraph,
  startWorkerHealth,
  type Subgraph,
  type SubgraphOverrides,
  type SubgraphParts,
  type TroubleDesk,
} from '@tally/subgraph-kit';
import { createCapturedMailer } from './adapters/captured/mailer.ts';
import { createSmtpMailer } from './adapters/nodemailer/mailer.ts';
import { createContactsStore } from './adapters/prisma/contacts-store.ts';
import { createDeliveryQueue } from './adapters/prisma/delivery-queue.ts';
import { createKnownOrdersStore } from './adapters/prisma/known-orders-store.ts';
import { createNotificationReads } from './adapters/prisma/notification-reads.ts';
import { createNotificationsStore } from './adapters/prisma/notifications-store.ts';
import type { NotificationsConfig } from './config.ts';
import { onOrderPlaced } from './consumers/order-placed.ts';
import { onOrderStatusChanged } from './consumers/order-status-changed.ts';
import { onPaymentRefunded } from './consumers/payment-refunded.ts';
import { onSessionRevoked } from './consumers/session-revoked.ts';
import { onUserChanged } from './consumers/user-changed.ts';
import { pauseAfter } from './domain/delivery.ts';
import { PrismaClient } from './generated/prisma/client.ts';
import { onlookerOf, type Context } from './graphql/context.ts';
import { createLoaders } from './graphql/loaders.ts';
import { resolvers } from './graphql/resolvers.ts';
import { startMailWorker } from './jobs/deliver-mails.ts';
import type { Mailer } from './ports/mailer.ts';
import { createNotificationsTelemetry, type NotificationsTelemetry } from './telemetry.ts';
import { createDeliverMails } from './use-cases/deliver-mails.ts';
import { createUseCases, type UseCases } from './use-cases/index.ts';

const typeDefs = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');

/** How long a refund waits for its order before its key is parked: orders may be catching up after an outage. */
const orderPatienceMs = 600_000;

export interface RunningNotifications extends AsyncDisposable {
  /** `null` without the role `api`. */
  readonly subgraph: Subgraph | null;
  /**
   * Everything that was on the log when this was called has become a notification, and the events of those are on the log. Says nothing of deliveries.
   * At once without the role `worker`.
   */
  caughtUp(): Promise<void>;
  /** Rejects when a consumer had to stop for good. `null` without the role `worker`. */
  readonly ended: Promise<unknown> | null;
}

export interface NotificationsOverrides extends SubgraphOverrides {
  /** Instead of the one that the configuration names. */
  readonly mailer?: Mailer;
}

/** What api and worker share. */
interface Parts extends SubgraphParts {
  readonly client: PrismaClient;
  readonly due: WakeChannel;
  readonly telemetry: NotificationsTelemetry;
  readonly useCases: UseCases;
  readonly desk: TroubleDesk;
}

/** Starts notifications; what is handed in is used and not closed. @throws {StartupError} the database does not answer, or the port is taken. */
export async function startNotifications(
  config: NotificationsConfig,
  overrides: NotificationsOverrides = {},
): Promise<RunningNotifications> {
  await using stack = new AsyncDisposableStack();
  const parts = stack.use(await openParts(config, overrides));
  const health = stack.use(await startWorkerHealth(config, { database: () => databaseState(parts.client) }));
  const worker = config.roles.includes('worker') ? stack.use(await startWorker(parts, config, overrides)) : null;
  const subgraph = config.roles.includes('api') ? stack.use(await startApi(parts, config)) : null;
  stack.use(health?.working());
  const owned = stack.move();
  return {
    subgraph,
    ended: worker?.ended ?? null,
    caughtUp: async () => {
      await worker?.caughtUp();
      await parts.drained();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function openParts(config: NotificationsConfig, overrides: NotificationsOverrides): Promise<Parts> {
  await using stack = new AsyncDisposableStack();
  const parts = stack.use(await openSubgraphParts('notifications', config, overrides));
  const client = new PrismaClient({ adapter: parts.adapter() });
  stack.defer(() => client.$disconnect());
  const due = await parts.openChannel('notifications_due');
  const telemetry = createNotificationsTelemetry(parts.logger);
  const transact = createTransact({
    client,
    consumer: 'notifications',
    wake: parts.wake,
    stores: (_, sql) => ({
      contacts: createContactsStore(sql),
      orders: createKnownOrdersStore(sql),
      notifications: createNotificationsStore(sql),
    }),
  });
  const { mailFrom: from, shopUrl: url, delivery } = config;
  const useCases = createUseCases({
    transact,
    reads: createNotificationReads(sqlOf(client)),
    telemetry,
    from,
    shop: { name: from.name === '' ? from.address : from.name, url },
    giveUpMs: delivery.giveUpMs,
    mailsDue: () => {
      due.signal();
    },
  });
  const desk = createTroubleDesk({ sql: sqlOf(client), transact });
  const owned = stack.move();
  return { ...parts, client, due, telemetry, useCases, desk, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Relay, mail worker and consumer, in this order: what the later ones commit while they drain still gets out. */
async function startWorker(parts: Parts, config: NotificationsConfig, overrides: NotificationsOverrides) {
  await using stack = new AsyncDisposableStack();
  const { useCases, logger } = parts;
  stack.use(await parts.startRelay());
  await startDelivery(stack, parts, config, overrides);
  const consumer = stack.use(
    await startConsumer({
      log: parts.eventLog,
      group: 'notifications',
      topics: [topicOf('orders.order.v1'), topicOf('payments.payment.v1'), topicOf('users.user.v1'), topicOf('users.session.v1')],
      from: 'beginning',
      databaseUrl: config.databaseUrl,
      logger,
      handlers: {
        OrderPlaced: onOrderPlaced(useCases.keepOrder),
        OrderStatusChanged: onOrderStatusChanged(useCases.tellOrderChange),
        PaymentRefunded: onPaymentRefunded(useCases.tellRefund, orderPatienceMs),
        SessionRevoked: onSessionRevoked(useCases.tellStolenSession),
        UserChanged: onUserChanged(useCases.keepContact),
      },
    }),
  );
  const owned = stack.move();
  return { ended: endOf(consumer), caughtUp: () => consumer.caughtUp(), [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function startDelivery(
  stack: AsyncDisposableStack,
  { client, due, telemetry, logger }: Parts,
  { smtpUrl, mailFrom, delivery, soleWorker }: NotificationsConfig,
  overrides: NotificationsOverrides,
): Promise<void> {
  const { concurrency, sendTimeoutMs, leaseMs, pollMs } = delivery;
  const openMailer = (): Mailer => {
    if (smtpUrl !== null) return createSmtpMailer({ url: smtpUrl, connections: concurrency, timeoutMs: sendTimeoutMs });
    logger.info({}, 'no SMTP_URL: mails are kept and not sent; read them through the API');
    return createCapturedMailer();
  };
  const mailer = overrides.mailer ?? stack.use(openMailer());
  const queue = createDeliveryQueue(sqlOf(client));
  if (soleWorker) await queue.takeOver();
  const deliverMails = createDeliverMails({
    queue,
    mailer,
    from: mailFrom,
    patience: delivery,
    leaseMs,
    telemetry,
    random: Math.random,
  });
  const worker = stack.use(
    startMailWorker({
      deliverMails,
      concurrency,
      pollMs,
      pauseMs: (rounds) => pauseAfter(rounds, delivery),
      onPause: telemetry.serverAway,
      logger,
    }),
  );
  stack.use(due.listen(worker.wake));
  stack.use(telemetry.watchBacklog(queue.oldestSeconds));
}

function startApi({ client, verifier, useCases, desk, logger }: Parts, config: NotificationsConfig): Promise<Subgraph> {
  return startSubgraph<Context>({
    name: 'notifications',
    typeDefs,
    resolvers,
    context: ({ viewer }) => ({ viewer, useCases, loaders: createLoaders(useCases.viewNotifications, onlookerOf(viewer)), desk }),
    verifier,
    http: config.http,
    ready: { database: () => databaseState(client) },
    logger,
  });
}
