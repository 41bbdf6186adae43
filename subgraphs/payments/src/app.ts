import { readFileSync } from 'node:fs';
import { topicOf } from '@tally/events';
import { endOf, interventionsOn, startConsumer } from '@tally/messaging';
import {
  createTransact,
  createTroubleDesk,
  idempotencyOn,
  openSubgraphParts,
  databaseState,
  sqlOf,
  startSubgraph,
  startWorkerHealth,
  type ReadinessSources,
  type Subgraph,
  type SubgraphOverrides,
  type SubgraphParts,
  type TroubleDesk,
} from '@tally/subgraph-kit';
import { createCommandsStore } from './adapters/prisma/commands-store.ts';
import { createDoubtsStore } from './adapters/prisma/doubts-store.ts';
import { createPaymentMethodsStore } from './adapters/prisma/payment-methods.ts';
import { createPaymentsReader } from './adapters/prisma/payments-reader.ts';
import { createSettlementStore } from './adapters/prisma/settlement-store.ts';
import { createTroubleReads } from './adapters/prisma/trouble-reads.ts';
import { createWorkQueue } from './adapters/prisma/work-queue.ts';
import { createSimulatorProvider } from './adapters/simulator/payment-provider.ts';
import { traced } from './adapters/simulator/traced.ts';
import type { PaymentsConfig } from './config.ts';
import { onAuthorisePayment } from './consumers/authorise-payment.ts';
import { onCapturePayment } from './consumers/capture-payment.ts';
import { onRefundPayment } from './consumers/refund-payment.ts';
import { onVoidPayment } from './consumers/void-payment.ts';
import { PrismaClient } from './generated/prisma/client.ts';
import { onlookerOf, type Context, type Trouble } from './graphql/context.ts';
import { createLoaders } from './graphql/loaders.ts';
import { resolvers } from './graphql/resolvers.ts';
import { startCallProvider } from './jobs/call-provider.ts';
import type { LeasedWorker } from './jobs/leased-worker.ts';
import { startSettleDoubts } from './jobs/settle-doubts.ts';
import type { PaymentProvider } from './ports/payment-provider.ts';
import type { Intervene } from './ports/doubts.ts';
import type { Transact } from './ports/transact.ts';
import { createPaymentsTelemetry, watchDoubts, type PaymentsTelemetry } from './telemetry.ts';
import { createAddPaymentMethod } from './use-cases/add-payment-method.ts';
import { createAuthorisePayment } from './use-cases/authorise-payment.ts';
import { createCapturePayment } from './use-cases/capture-payment.ts';
import { createCarryOut, createClaim, createRenew } from './use-cases/carry-out.ts';
import { createEnquirePayment } from './use-cases/enquire-payment.ts';
import { createRefundPayment } from './use-cases/refund-payment.ts';
import { createRemovePaymentMethod } from './use-cases/remove-payment-method.ts';
import { createSettlePayment } from './use-cases/settle-payment.ts';
import { createViewPayments } from './use-cases/view-payments.ts';
import { createViewTrouble } from './use-cases/view-trouble.ts';
import { createVoidPayment } from './use-cases/void-payment.ts';

const typeDefs = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');

export interface RunningPayments extends AsyncDisposable {
  /** `null` without the role `api`. */
  readonly subgraph: Subgraph | null;
  /** Every command that was on the log when this was called is taken. */
  caughtUp(): Promise<void>;
  /** Rejects when a consumer had to stop for good. `null` without the role `worker`. */
  readonly ended: Promise<unknown> | null;
}

export interface PaymentsOverrides extends SubgraphOverrides {
  /** Instead of the simulator's adapter. */
  readonly provider?: PaymentProvider;
}

/** What api and worker share. */
interface Parts extends SubgraphParts {
  readonly client: PrismaClient;
  readonly transact: Transact;
  readonly intervene: Intervene;
  readonly desk: TroubleDesk;
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
    ended: worker?.ended ?? null,
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
      doubts: createDoubtsStore(sql),
      interventions: interventionsOn(sql),
    }),
  });
  const owned = stack.move();
  const desk = createTroubleDesk({ sql: sqlOf(client), transact });
  return {
    ...parts,
    client,
    transact,
    intervene: transact,
    desk,
    telemetry: createPaymentsTelemetry(logger),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
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
  stack.use(watchDoubts(() => createTroubleReads(sqlOf(parts.client)).doubts()));
  if (config.soleWorker) await queue.takeOver();
  const workers: Partial<Record<'CALLS' | 'ENQUIRIES', LeasedWorker>> = {};
  const carryOut = createCarryOut({
    queue,
    transact,
    provider,
    patience: work,
    telemetry,
    random: Math.random,
    monotonicMs: () => performance.now(),
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
  return { provider, ended: endOf(consumer), caughtUp: () => consumer.caughtUp(), [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function troubleOf({ client, intervene, desk, telemetry }: Parts, { work: patience }: PaymentsConfig): Trouble {
  const sql = sqlOf(client);
  return {
    desk,
    viewTrouble: createViewTrouble(createTroubleReads(sql)),
    enquirePayment: createEnquirePayment({ intervene }),
    settlePayment: createSettlePayment({ intervene, keys: idempotencyOn(sql), patience, telemetry }),
  };
}

function startApi(parts: Parts, config: PaymentsConfig, ready: ReadinessSources): Promise<Subgraph> {
  const { client, transact, verifier, logger } = parts;
  const trouble = troubleOf(parts, config);
  const useCases = {
    addPaymentMethod: createAddPaymentMethod({ transact }),
    removePaymentMethod: createRemovePaymentMethod({ transact }),
  };
  const view = createViewPayments(createPaymentsReader(client, sqlOf(client)));
  return startSubgraph<Context>({
    name: 'payments',
    typeDefs,
    resolvers,
    context: ({ viewer }) => ({ viewer, useCases, trouble, loaders: createLoaders(view, onlookerOf(viewer)) }),
    verifier,
    http: config.http,
    ready,
    logger,
  });
}
