import { topicOf, topics, type Topic } from '@tally/events';
import type { Logger } from '@tally/messaging';
import { ordersTables, simulateOrders, type SimulatedOrders } from '@tally/orders/simulation';
import { paymentsTables, simulatePayments } from '@tally/payments/simulation';
import { simulateProducts, type SimulatedProducts } from '@tally/products/simulation';
import {
  createMemoryDatabase,
  createMemoryLog,
  outboxTable,
  runApp,
  type Machine,
  type MemoryDatabase,
  type MemoryLog,
  type RunningProcess,
  type Scheduler,
  type SimulatedApp,
} from '@tally/simulation';
import { owners, type Owner } from '../evidence.ts';
import { openBooks, type Books } from '../provider/books.ts';
import { connect, type Exchange } from '../provider/connection.ts';
import type { PaymentProvider } from '../provider/payment-provider.ts';
import { providerFault, providerTrouble } from '../schedule.ts';
import { deadlines, patience, requestTimeoutMs } from './patience.ts';

const silently = (): void => undefined;
const logger: Logger = { debug: silently, info: silently, warn: silently, error: silently };

/** How often a process looks by itself whether there is something to do, in milliseconds: as in production, but for what would be woken there. */
const pollMs = { CALLS: 600, ENQUIRIES: 1_500, RENEWALS: 3_000, 'sweep-sagas': 5_000, 'expire-carts': 60_000 } as const;

/** Machines of each app; each runs one process at a time. */
const machinesEach = 2;

/** Orders, products and payments as they run in production: several processes each, a database per app, one log, one provider. */
export interface World {
  readonly databases: Readonly<Record<Owner, MemoryDatabase>>;
  readonly log: MemoryLog;
  readonly books: Books;
  readonly orders: Fleet<SimulatedOrders>;
  readonly products: Fleet<SimulatedProducts>;
  /** The provider as nobody in particular reaches it. */
  readonly provider: PaymentProvider;
  /** Switches all machines on. */
  boot(): void;
  /** Kills of a process while the saga of at least one order was under way. */
  readonly killsInSagas: number;
  /** What is not finished yet; `null`: the world is quiet. */
  unfinished(): string | null;
}

/** The processes of one app, as a client reaches them: any of them will do. */
export interface Fleet<App> {
  readonly machines: readonly Machine[];
  appOf(process: RunningProcess): App;
}

/** A process that has begun and does not listen yet; ask again. */
class NotListeningError extends Error {
  override readonly name = 'NotListeningError';
  readonly retryable = true;
}

/** Everything but people. Nothing runs before `boot`. */
export function openWorld(scheduler: Scheduler): World {
  const { random, faults, outside, now } = scheduler;
  const databases = {
    products: createMemoryDatabase({ now }),
    orders: createMemoryDatabase({ now }),
    payments: createMemoryDatabase({ now }),
  };
  const log = createMemoryLog({ ...pick(scheduler), random, topics: (Object.keys(topics) as Topic[]).map(topicOf) });
  const books = openBooks(now);
  const behaviours = Object.keys(providerTrouble).map((text) => ({ text, fault: providerFault(text) }));
  const nextBehaviour = (exchange: Exchange): string | null =>
    behaviours.find(({ text, fault }) => (exchange !== 'enquire' || harmless.test(text)) && faults.strikes(fault))?.text ?? null;
  const later = (ms: number, act: () => void): void => void outside.after(ms, act);
  const lineOf = (sleep: (ms: number) => Promise<void>) => ({ books, nextBehaviour, later, sleep, timeoutMs: requestTimeoutMs });
  let killsInSagas = 0;

  const isUnderWay = (): boolean => databases.orders.committed(ordersTables.sagas).some(({ step }) => step !== 'ENDED');

  function fleet<App extends SimulatedApp>(name: Owner, simulate: (process: RunningProcess) => App): Fleet<App> & { boot: () => void } {
    const machines: Machine[] = [];
    const apps = new WeakMap<RunningProcess, App>();
    const start = (process: RunningProcess): void => {
      const app = simulate(process);
      apps.set(process, app);
      process.onDeath(() => {
        if (isUnderWay()) killsInSagas += 1;
      });
      runApp(process, app, { scheduler, log, logger, pollMs });
    };
    return {
      machines,
      appOf(process) {
        const app = apps.get(process);
        if (app === undefined) throw new NotListeningError(`${process.name} has not started`);
        return app;
      },
      boot() {
        for (let at = 1; at <= machinesEach; at++)
          machines.push(scheduler.boot({ name: `${name}-${at}`, database: databases[name], start }));
      },
    };
  }

  const orders = fleet('orders', (process) => simulateOrders(process, { deadlines }));
  const products = fleet('products', simulateProducts);
  const payments = fleet('payments', (process) => simulatePayments(process, { provider: connect(lineOf(process.sleep)), patience }));

  return {
    ...{ databases, log, books, orders, products },
    provider: connect(lineOf(outside.sleep)),
    boot() {
      for (const { boot } of [orders, products, payments]) boot();
    },
    get killsInSagas() {
      return killsInSagas;
    },
    unfinished() {
      const waiting = owners.filter((name) => databases[name].committed(outboxTable).some(({ publishedAt }) => publishedAt === null));
      if (waiting.length > 0) return `the outbox of ${waiting.join(' and ')} is not empty`;
      if (log.lag() > 0) return `${log.lag()} records are not handled`;
      const sagas = databases.orders.committed(ordersTables.sagas).filter(({ step }) => step !== 'ENDED');
      if (sagas.length > 0) return `sagas are under way: ${sagas.map(({ orderId, step }) => `${orderId} in ${step}`).join(', ')}`;
      const open = databases.payments.committed(paymentsTables.operations).filter(({ doneAt }) => doneAt === null);
      return open.length === 0 ? null : `payments works on: ${open.map(({ key, state }) => `${key} in ${state}`).join(', ')}`;
    },
  };
}

/** An enquiry has no effect that could be late, undone or hidden. */
const harmless = /^(delay:|timeout-before$|http:\d+$|garbage$|reset$|refuse$)/;

const pick = ({ outside, faults, trace, nowMs }: Scheduler) => ({ outside, faults, trace, nowMs });
