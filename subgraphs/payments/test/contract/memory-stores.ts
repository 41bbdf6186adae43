import { createRandom } from '@tally/kernel';
import { createMemoryDatabase, createMemoryTransact, standaloneProcess } from '@tally/simulation';
import { createCommandsStore } from '../../simulation/commands-store.ts';
import { createPaymentMethodsStore } from '../../simulation/payment-methods.ts';
import { createSettlementStore } from '../../simulation/settlement-store.ts';
import { paymentsTables as tables } from '../../simulation/tables.ts';
import { createWorkQueue } from '../../simulation/work-queue.ts';
import type { StoresWorld } from './stores-world.ts';

/** The stores in memory. @param seed decides who goes first wherever somebody else may. */
export function openMemoryStores(seed: number): StoresWorld {
  let nowMs = Date.UTC(2026, 10, 21);
  const now = () => new Date(nowMs);
  const database = createMemoryDatabase({ now });
  const random = createRandom(seed);
  async function turn(): Promise<void> {
    for (let hops = random.between(0, 3); hops > 0; hops--) await Promise.resolve();
  }
  const session = database.session({ turn });
  const transact = createMemoryTransact({
    process: { ...standaloneProcess({ database, now }), session, turn },
    consumer: 'payments',
    stores: (transaction) => ({
      commands: createCommandsStore(transaction),
      settlements: createSettlementStore(transaction),
      methods: createPaymentMethodsStore(transaction),
    }),
  });
  return {
    transact,
    queue: createWorkQueue(session),
    pass(ms) {
      nowMs += ms;
      return Promise.resolve();
    },
    rows() {
      const operations = database.committed(tables.operations).toSorted((left, right) => left.id - right.id);
      const attempts = database.committed(tables.attempts).toSorted((left, right) => left.number - right.number);
      return Promise.resolve({
        payments: database.committed(tables.payments),
        operations,
        attempts,
        refunds: database.committed(tables.refunds).map(({ id, status, amount }) => ({ id, status, amount })),
      });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
