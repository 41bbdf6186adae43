import { systemClock } from '@tally/kernel';
import { listen, toStartupError, type Logger } from '@tally/runtime';
import { createOpenEnds } from './http/open-ends.ts';
import { createServer } from './http/server.ts';
import { startLateRunner } from './provider/late-runner.ts';
import { perform } from './provider/perform.ts';
import { openDatabase } from './store/database.ts';
import { untilNextDue } from './store/late-operations.ts';

/** What a simulator needs to start. */
export interface PaymentSimulatorConfig {
  /** As role `simulator`, whose rights are rows of the schema `simulator` and nothing else. */
  readonly databaseUrl: string;
  /** 0 is any free port. */
  readonly port: number;
  /** Default 127.0.0.1: whoever reaches the simulator can script it. */
  readonly host?: string | undefined;
  /** How long an ordinary call takes, in milliseconds; default 50. */
  readonly latencyMs?: number | undefined;
  /** Origin under which buyers reach the page that approves a payment; default is where the simulator listens. */
  readonly publicUrl?: string | undefined;
  /** Signs webhooks; without it each request to send one must bring a secret. */
  readonly webhookSecret?: string | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * A simulator that listens. Disposal ends what is being done; calls that still wait for their latency or delay count as never having arrived, and
 * connections held open are dropped. Late operations are left to the next start.
 */
export interface PaymentSimulator extends AsyncDisposable {
  /** Origin without a slash at the end. */
  readonly url: string;
}

/**
 * Starts a payment provider on an already migrated database.
 *
 * @throws {StartupError} PostgreSQL cannot be reached, the tables are missing or the port is taken. Nothing stays open.
 * @see docs/reliability.md, payment simulator.
 */
export async function startPaymentSimulator(config: PaymentSimulatorConfig): Promise<PaymentSimulator> {
  await using stack = new AsyncDisposableStack();
  const { logger } = config;
  const db = stack.use(openDatabase(config.databaseUrl, (error) => logger?.warn({ err: error }, 'lost an idle connection')));
  // A missing table or a wrong URL should end the start, not the first payment.
  await untilNextDue(db).catch((cause: unknown) => {
    throw toStartupError('PostgreSQL of the payment simulator (SIMULATOR_DATABASE_URL)', cause);
  });

  let url = '';
  const actionUrl = (id: string): string => `${config.publicUrl ?? url}/challenges/${id}`;
  const late = stack.use(
    startLateRunner(
      db,
      (tx, { request, verdict, behaviour }) => perform(tx, request, { verdict, behaviour, hiddenMs: 0 }, actionUrl),
      (error) => logger?.error({ err: error }, 'a late operation could not be done; it is tried again'),
    ),
  );
  const server = createServer(
    {
      db,
      late,
      openEnds: createOpenEnds(),
      actionUrl,
      latencyMs: config.latencyMs ?? 50,
      webhookSecret: config.webhookSecret ?? null,
      clock: systemClock,
    },
    logger,
  );
  stack.defer(() => server.close());
  url = await listen(server, { host: config.host ?? '127.0.0.1', port: config.port });

  const owned = stack.move();
  return { url, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
