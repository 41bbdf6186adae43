import { readFileSync } from 'node:fs';
import { topicOf } from '@tally/events';
import { startConsumer } from '@tally/messaging';
import {
  createTransact,
  openSubgraphParts,
  databaseState,
  sqlOf,
  startSubgraph,
  startWorkerHealth,
  type ReadinessSources,
  type Subgraph,
  type SubgraphOverrides,
  type SubgraphParts,
} from '@tally/subgraph-kit';
import { createCommandsStore } from './adapters/prisma/commands-store.ts';
import { createPaymentMethodsStore } from './adapters/prisma/payment-methods.ts';
import { createPaymentsReader } from './adapters/prisma/payments-reader.ts';
import { createSettlementStore } from './adapters/prisma/settlement-store.ts';
import { createWorkQueue } from './adapters/prisma/work-queue.ts';
import { createSimulatorProvider } from './adapters/simulator/payment-provider.ts';
import { traced } from './adapters/simulator/traced.ts';
import type { PaymentsConfig } from './config.ts';
import { onAuthorisePayment } from './consumers/authorise-payment.ts';
import { onCapturePayment } from './consumers/capture-payment.ts';
import { onRefundPayment } from './consumers/refund-payment.ts';
import { onVoidPayment } from './consumers/void-payment.ts';
import { PrismaClient } from './generated/prisma/client.ts';
import { onlookerOf, type Context } from './graphql/context.ts';
import { createLoaders } from './graphql/loaders.ts';
import { resolvers } from './graphql/resolvers.ts';
import { startCallProvider } from './jobs/call-provider.ts';
import type { LeasedWorker } from './jobs/leased-worker.ts';
import { startSettleDoubts } from './jobs/settle-doubts.ts';
import type { PaymentProvider } from './ports/payment-provider.ts';
import type { Transact } from './ports/transact.ts';
import { createPaymentsTelemetry, type PaymentsTelemetry } from './telemetry.ts';
import { createAddPaymentMethod } from './use-cases/add-payment-method.ts';
import { createAuthorisePayment } from './use-cases/authorise-payment.ts';
import { createCapturePayment } from './use-cases/capture-payment.ts';
import { createCarryOut, createClaim, createRenew } from './use-cases/carry-out.ts';
import { createRefundPayment } from './use-cases/refund-payment.ts';
import { createRemovePaymentMethod } from './use-cases/remove-payment-method.ts';
import { createViewPayments } from './use-cases/view-payments.ts';
import { createVoidPayment } from './use-cases/void-payment.ts';

const typeDefs = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');

export interface RunningPayments extends AsyncDisposable {
  /** `null` without the role `api`. */
  readonly subgraph: Subgraph | null;
  /** Every command that was on the log when this was called is taken. */
  caughtUp(): Promise<void>;
}

export interface PaymentsOverrides extends SubgraphOverrides {
  /** Instead of the simulator's adapter. */
  readonly provider?: PaymentProvider;
}

/** What api and worker share. */
interface Parts extends SubgraphParts {
  readonly client: PrismaClient;
  readonly transact: Transact;
  readonly telemetry: PaymentsTelemetry;
}

/** Starts payments; what is handed in is used and not closed. @throws {StartupError} the database does not answer, or the port is taken. */
export async function startPayments(config: PaymentsConfig, overrides: PaymentsOverrides = {}): Promise<RunningPayments> {
  await using stack = new AsyncDisposableStack();
  const parts = stack.use(await openParts(config, overrides));
  let worker: Awaited<ReturnType<typeof startWorker>> | null = null;
  const ready: ReadinessSources = {
    database: () => databaseState(parts.client),
    others: () => (worker === null ? {} : { provider: worker.provider.state }),
  };
  const health = stack.use(await startWorkerHealth(config, ready));
  if (config.roles.includes('worker')) worker = stack.use(await startWorker(parts, config, overrides));
  const subgraph = config.roles.includes('api') ? stack.use(await startApi(parts, config, ready)) : null;
  stack.use(health?.working());
  const owned = stack.move();
  return {
    subgraph,
    caughtUp: async () => worker?.caughtUp(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function openParts(config: PaymentsConfig, overrides: PaymentsOverrides): Promise<Parts> {
  await using stack = new AsyncDisposableStack();
  const parts = stack.use(await openSubgraphParts('payments', config, overrides));
  const { logger, wake } = parts;
  const client = new PrismaClient({ adapter: parts.adapter() });
  stack.defer(() => client.$disconnect());
  const transact = createTransact({
    client,
    consumer: 'payments',
    wake,
    stores: (tx, sql) => ({
      commands: createCommandsStore(sql),
      settlements: createSettlementStore(sql),
      methods: createPaymentMethodsStore(tx, sql),
    }),
  });
  const owned = stack.move();
  return { ...parts, client, transact, telemetry: createPaymentsTelemetry(logger), [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Relay, workers and consumer, in this order: what the later ones commit while they drain still gets out. */
async function startWorker(parts: Parts, config: PaymentsConfig, overrides: PaymentsOverrides) {
  await using stack = new AsyncDisposableStack();
  const { transact, telemetry, logger } = parts;
  const { work } = config;
  const enquirers = Math.max(1, Math.ceil(work.concurrency / 4));
  const openProvider = () =>
    traced(
      createSimulatorProvider({
        url: config.simulatorUrl,
        concurrency: work.concurrency + enquirers,
        timeoutMs: work.requestTimeoutMs,
        breakAfter: work.breakAfter,
        halfOpenMs: work.halfOpenMs,
        onBreakerChange: (state) => {
          telemetry.breakerChanged('simulator', state);
        },
      }),
    );
  const provider = overrides.provider ?? stack.use(openProvider());
  stack.use(await parts.startRelay());

  const queue = createWorkQueue(sqlOf(parts.client));
  if (config.soleWorker) await queue.takeOver();
  const workers: Partial<Record<'CALLS' | 'ENQUIRIES', LeasedWorker>> = {};
  const carryOut = createCarryOut({
    queue,
    transact,
    provider,
    patience: work,
    telemetry,
    random: Math.random,
    workDue: (which, inMs) => workers[which]?.wake(inMs),
  });
  const job = {
    claim: createClaim({ queue }),
    renew: createRenew({ queue }),
    carryOut,
    leaseMs: work.leaseMs,
    pollMs: work.pollMs,
    logger,
  };
  workers.CALLS = stack.use(startCallProvider({ ...job, concurrency: work.concurrency }));
  workers.ENQUIRIES = stack.use(startSettleDoubts({ ...job, concurrency: enquirers }));

  const workAdded = (kind: string): void => {
    workers.CALLS?.wake();
    // A void hurries what waits before it.
    if (kind === 'VOID') workers.ENQUIRIES?.wake();
  };
  const commands = { transact, telemetry, provider: provider.name, giveUpMs: work.giveUpMs, workAdded };
  const consumer = stack.use(
    await startConsumer({
      log: parts.eventLog,
      group: 'payments',
      topics: [topicOf('payments.commands.v1')],
      from: 'beginning',
      databaseUrl: config.databaseUrl,
      logger,
      handlers: {
        AuthorisePayment: onAuthorisePayment(createAuthorisePayment(commands)),
        CapturePayment: onCapturePayment(createCapturePayment(commands)),
        VoidPayment: onVoidPayment(createVoidPayment(commands)),
        RefundPayment: onRefundPayment(createRefundPayment(commands)),
      },
    }),
  );
  const owned = stack.move();
  return { provider, caughtUp: () => consumer.caughtUp(), [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function startApi({ client, transact, verifier, logger }: Parts, config: PaymentsConfig, ready: ReadinessSources): Promise<Subgraph> {
  const useCases = {
    addPaymentMethod: createAddPaymentMethod({ transact }),
    removePaymentMethod: createRemovePaymentMethod({ transact }),
  };
  const view = createViewPayments(createPaymentsReader(client, sqlOf(client)));
  return startSubgraph<Context>({
    name: 'payments',
    typeDefs,
    resolvers,
    context: ({ viewer }) => ({ viewer, useCases, loaders: createLoaders(view, onlookerOf(viewer)) }),
    verifier,
    http: config.http,
    ready,
    logger,
  });
}
