import { topicOf } from '@tally/events';
import { createMemoryTransact, type SimulatedApp, type SimulatedProcess } from '@tally/simulation';
import { createLogger } from '@tally/runtime';
import { standardWork } from '../src/config.ts';
import { onAuthorisePayment } from '../src/consumers/authorise-payment.ts';
import { onCapturePayment } from '../src/consumers/capture-payment.ts';
import { onRefundPayment } from '../src/consumers/refund-payment.ts';
import { onVoidPayment } from '../src/consumers/void-payment.ts';
import type { Patience } from '../src/domain/pauses.ts';
import type { PaymentProvider } from '../src/ports/payment-provider.ts';
import { createPaymentsTelemetry } from '../src/telemetry.ts';
import { createAddPaymentMethod } from '../src/use-cases/add-payment-method.ts';
import { createAuthorisePayment } from '../src/use-cases/authorise-payment.ts';
import { createCapturePayment } from '../src/use-cases/capture-payment.ts';
import { createCarryOut, createClaim, createRenew } from '../src/use-cases/carry-out.ts';
import { createRefundPayment } from '../src/use-cases/refund-payment.ts';
import { createVoidPayment } from '../src/use-cases/void-payment.ts';
import { createCommandsStore } from './commands-store.ts';
import { inTurns } from './in-turns.ts';
import { createLooks } from './looks.ts';
import { createPaymentMethodsStore } from './payment-methods.ts';
import { createSettlementStore } from './settlement-store.ts';
import { createWorkQueue } from './work-queue.ts';

/** Times in milliseconds. */
export interface SimulatedPaymentsOptions {
  /** Behind its timeout; its `name` has to be `simulator` where buyers keep methods. */
  readonly provider: PaymentProvider;
  readonly patience: Patience;
  /** Jobs at once in each queue. Default: 4. */
  readonly concurrency?: number;
  /** Default: as in production. */
  readonly leaseMs?: number;
  /** Default: as in production. */
  readonly giveUpMs?: number;
  /** Takes what broke a job off and is no database error, as the worker of production logs it. Default: the next look throws it. */
  readonly jobFailed?: (error: unknown) => void;
}

/** One process of payments: the handlers and jobs of production on tables in memory. */
export interface SimulatedPayments extends SimulatedApp {
  /**
   * CALLS and ENQUIRIES claim what is due and begin it, as far as there is room; they do not wait for its end. RENEWALS extends the leases of what this
   * process holds once a third of them has passed, so it has to be looked at that often. A job that broke off is taken up after its lease; see `jobFailed`.
   */
  readonly jobs: Readonly<Record<'CALLS' | 'ENQUIRIES' | 'RENEWALS', () => Promise<boolean>>>;
  readonly useCases: { readonly addPaymentMethod: ReturnType<typeof createAddPaymentMethod> };
  /** Operations that this process carries out at this moment. */
  readonly held: () => number;
}

const logger = createLogger({ service: 'payments', level: 'silent' });

/** Starts payments in one process of a simulation. What the process holds when it is killed stays leased. */
export function simulatePayments(process: SimulatedProcess, options: SimulatedPaymentsOptions): SimulatedPayments {
  const { patience, concurrency = 4, leaseMs = standardWork.leaseMs, giveUpMs = standardWork.giveUpMs } = options;
  const provider = inTurns(options.provider, process.turn);
  const telemetry = createPaymentsTelemetry(logger);
  const transact = createMemoryTransact({
    process,
    consumer: 'payments',
    stores: (transaction) => ({
      commands: createCommandsStore(transaction),
      settlements: createSettlementStore(transaction),
      methods: createPaymentMethodsStore(transaction),
    }),
  });
  const queue = createWorkQueue(process.session);
  const { random, monotonicMs } = process;
  // Nobody is woken: the next look finds what is due.
  const carryOut = createCarryOut({ queue, transact, provider, patience, telemetry, random, monotonicMs, workDue: () => undefined });
  const commands = { transact, telemetry, provider: provider.name, giveUpMs, workAdded: () => undefined };
  const [claim, renew] = [createClaim({ queue }), createRenew({ queue })];
  const looks = createLooks({ process, claim, renew, carryOut, concurrency, leaseMs, jobFailed: options.jobFailed ?? null });

  return {
    name: 'payments',
    consumers: [
      {
        group: 'payments',
        topics: [topicOf('payments.commands.v1')],
        handlers: {
          AuthorisePayment: onAuthorisePayment(createAuthorisePayment(commands)),
          CapturePayment: onCapturePayment(createCapturePayment(commands)),
          VoidPayment: onVoidPayment(createVoidPayment(commands)),
          RefundPayment: onRefundPayment(createRefundPayment(commands)),
        },
      },
    ],
    jobs: {
      CALLS: () => looks.look('CALLS'),
      ENQUIRIES: () => looks.look('ENQUIRIES'),
      RENEWALS: () => looks.renewDue(),
    },
    useCases: { addPaymentMethod: createAddPaymentMethod({ transact }) },
    held: looks.held,
  };
}
